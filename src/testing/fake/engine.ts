import type { Api } from "../../operation/index.js";
import { isOlder } from "../../operation/index.js";
import { killIn } from "../../workflows/index.js";
import { Container } from "./container.js";
import type { Surroundings } from "./container-views.js";
import { Events } from "./events.js";
import { Exec, type ExecSettings } from "./exec.js";
import { findIn, newId } from "./ids.js";
import { FakeImages } from "./images.js";
import { Networks } from "./networks.js";
import { Ports, type PublishedPorts } from "./ports.js";
import { signalIn, signalNumber } from "./process.js";
import { Refusal } from "./refusal.js";
import type { Program, Scripts } from "./scripts.js";
import { containerSettings } from "./settings.js";
import { Volumes } from "./volumes.js";

/** API version that drops the address of a container outside its networks, and the short fields of events. */
const WITHOUT_LEGACY_FIELDS = "1.52";

/** The state of a fake Engine: images, containers, networks and volumes. */
export class Engine {
  readonly api: Api;
  readonly id = newId();
  readonly events = new Events();
  readonly images = new FakeImages(this.events);
  readonly networks = new Networks(this.events);
  readonly volumes = new Volumes(this.events);
  readonly containers = new Set<Container>();
  readonly scripts: Scripts;
  readonly hasLegacyFields: boolean;
  readonly #ports = new Ports();
  readonly #published = new Map<Container, PublishedPorts>();

  constructor(api: Api, scripts: Scripts) {
    this.api = api;
    this.scripts = scripts;
    this.hasLegacyFields = isOlder(api.apiVersion, WITHOUT_LEGACY_FIELDS);
  }

  /** @throws {Refusal} no such container */
  container(reference: string): Container {
    const found = findIn(this.containers, reference.replace(/^\//, ""));
    if (!found) throw new Refusal(404, `No such container: ${reference}`);
    return found;
  }

  /** @throws {Refusal} no such command */
  exec(id: string): Exec {
    for (const container of this.containers) {
      const found = container.execs.get(id);
      if (found) return found as Exec;
    }
    throw new Refusal(404, `No such exec instance: ${id}`);
  }

  /** @throws {Refusal} the settings are impossible, or the name is taken */
  create(name: string, body: unknown): Container {
    const settings = containerSettings(body, (image) => this.images.get(image).config);
    this.checkName(name);
    const { EndpointsConfig } = settings.body.NetworkingConfig ?? {};
    const names = new Set([settings.networkMode, ...Object.keys(EndpointsConfig ?? {})]);
    const networks = [...names].map((one) => this.networks.get(one));
    const container = new Container(name, this.images.get(settings.image), settings, this.events);
    this.containers.add(container);
    for (const network of networks) {
      const { Aliases } = EndpointsConfig?.[network.name] ?? {};
      this.networks.connect(network, container, Aliases ?? []);
    }
    container.changes.on("start", () => {
      this.#published.set(container, this.#ports.publish(settings));
      this.networks.tellAll("connect", container);
    });
    container.changes.on("leave", () => {
      this.#published.delete(container);
      this.networks.tellAll("disconnect", container);
    });
    container.changes.on("auto-remove", () => this.#forget(container));
    return container;
  }

  /** @throws {Refusal} the name is taken or invalid */
  checkName(name: string): void {
    if (!/^[a-zA-Z0-9][a-zA-Z0-9_.-]+$/.test(name)) {
      throw new Refusal(400, `Invalid container name (${name}), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed`);
    }
    const taken = [...this.containers].find((container) => container.name === name);
    if (!taken) return;
    const advice = "You have to remove (or rename) that container to be able to reuse that name.";
    const problem = `The container name "/${name}" is already in use by container "${taken.id}"`;
    throw new Refusal(409, `Conflict. ${problem}. ${advice}`);
  }

  /** Starts a container. @throws {Refusal} its image has no such program */
  start(container: Container): void {
    container.start(this.programOf(container, container.settings.args));
  }

  /** The process of a command in a container. */
  programOf(container: Container, args: readonly string[]): Program | undefined {
    const kill = killIn(args);
    if (kill)
      return { run: () => container.signalMarked(kill.marker, kill.signal), ignores: [], health: undefined };
    return this.scripts.find(FakeImages.names(container.image), args);
  }

  createExec(container: Container, settings: ExecSettings): Exec {
    container.requireRunning();
    return new Exec(container, settings);
  }

  /** Stops a running container. */
  async stop(container: Container, seconds?: number, signal?: string): Promise<void> {
    const { stopSignal, stopTimeout } = container.settings;
    const name = signalIn(signal ?? stopSignal, container.name);
    await container.stop(seconds ?? stopTimeout, name, signalNumber(name));
  }

  /** Removes a container. @throws {Refusal} it runs, and the removal is not forced */
  async remove(container: Container, force: boolean): Promise<void> {
    if (container.isRunning) {
      if (!force) {
        const advice = "container is running: stop the container before removing or force remove";
        throw new Refusal(409, `cannot remove container "${container.name}": ${advice}`);
      }
      await container.destroy();
    }
    this.#forget(container);
  }

  surroundings(container: Container): Surroundings {
    const { hasLegacyFields, networks } = this;
    return { hasLegacyFields, networks, ports: this.#published.get(container) ?? {} };
  }

  /** Ends everything that runs. */
  close(): void {
    for (const container of this.containers) container.discard();
  }

  #forget(container: Container): void {
    if (!this.containers.delete(container)) return;
    for (const network of this.networks.of(container)) this.networks.disconnect(network, container);
    container.tell("destroy");
    container.changes.emit("removed");
  }
}
