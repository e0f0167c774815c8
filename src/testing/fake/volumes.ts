import { isObject } from "../../members.js";
import type { Events } from "./events.js";
import { newId } from "./ids.js";
import { Refusal } from "./refusal.js";

/** A volume, as the Engine shows it. */
export interface Volume {
  readonly CreatedAt: string;
  readonly Driver: string;
  readonly Labels: Readonly<Record<string, string>> | null;
  readonly Mountpoint: string;
  readonly Name: string;
  readonly Options: Readonly<Record<string, string>> | null;
  readonly Scope: "local";
}

/** The volumes of a fake Engine, by name. */
export class Volumes {
  readonly #events: Events;
  readonly #byName = new Map<string, Volume>();

  constructor(events: Events) {
    this.#events = events;
  }

  get all(): readonly Volume[] {
    return [...this.#byName.values()];
  }

  /** @throws {Refusal} no such volume */
  get(name: string): Volume {
    const found = this.#byName.get(name);
    if (!found) throw new Refusal(404, `get ${name}: no such volume`);
    return found;
  }

  /** Creates a volume, or returns the one of that name. */
  create(body: unknown): Volume {
    const given = (isObject(body) ? body : {}) as Partial<Omit<Volume, "Options">> & {
      DriverOpts?: Volume["Options"];
    };
    const { Name = newId(), Driver = "local", Labels = null, DriverOpts = null } = given;
    const known = this.#byName.get(Name);
    if (known) return known;
    const volume: Volume = {
      CreatedAt: new Date().toISOString().replace(/\.\d+Z/, "Z"),
      ...{ Driver, Labels, Mountpoint: `/var/lib/docker/volumes/${Name}/_data`, Name },
      ...{ Options: DriverOpts, Scope: "local" },
    };
    this.#byName.set(Name, volume);
    this.#events.tell("volume", "create", Name, { driver: Driver });
    return volume;
  }

  remove(name: string): void {
    const { Driver } = this.get(name);
    this.#byName.delete(name);
    this.#events.tell("volume", "destroy", name, { driver: Driver });
  }
}
