import { randomBytes } from "node:crypto";
import { once } from "node:events";
import type { OperationId } from "#generated/operations.js";
import type { Container } from "../container.js";
import { inspectionOf, summaryOf } from "../container-views.js";
import type { Engine } from "../engine.js";
import { anyOf, type Filters, hasLabels } from "../filters.js";
import { FakeImages } from "../images.js";
import { signalIn, signalNumber } from "../process.js";
import { Refusal } from "../refusal.js";
import { type FakeOperation, NOTHING, OK } from "./call.js";

const FILTERS = ["id", "name", "label", "status", "ancestor", "network", "exited", "health"];

/** Operations on containers, except for their streams. */
export const containerOperations = {
  ContainerCreate: {
    options: ["name", "platform"],
    answer: ({ query, body }, engine) => {
      const name = query.text("name") ?? `fake_${randomBytes(4).toString("hex")}`;
      const { id } = engine.create(name.replace(/^\//, ""), body);
      return { status: 201, body: { Id: id, Warnings: [] } };
    },
  },
  ContainerInspect: {
    options: [],
    answer: ({ target }, engine) => {
      const container = engine.container(target);
      return { status: 200, body: inspectionOf(container, engine.surroundings(container)) };
    },
  },
  ContainerList: {
    options: ["all", "limit", "filters"],
    answer: ({ query }, engine) => {
      const filters = query.filters(FILTERS);
      const limit = query.number("limit") ?? 0;
      const isAll =
        query.flag("all") || limit > 0 || (filters.status ?? []).length > 0 || filters.exited !== undefined;
      const isWanted = (container: Container): boolean =>
        (isAll || container.isRunning || container.state === "restarting") &&
        matches(container, filters, engine);
      const found = [...engine.containers].reverse().filter(isWanted);
      const listed = limit > 0 ? found.slice(0, limit) : found;
      return { status: 200, body: listed.map((one) => summaryOf(one, engine.surroundings(one))) };
    },
  },
  ContainerStart: {
    answer: ({ target }, engine) => {
      const container = engine.container(target);
      if (container.isRunning) return { status: 304 };
      engine.start(container);
      return NOTHING;
    },
  },
  ContainerStop: {
    options: ["t", "signal"],
    answer: async ({ target, query }, engine) => {
      const container = engine.container(target);
      if (!container.isRunning && container.state !== "restarting") return { status: 304 };
      await engine.stop(container, query.number("t"), query.text("signal"));
      return NOTHING;
    },
  },
  ContainerRestart: {
    options: ["t", "signal"],
    answer: async ({ target, query }, engine) => {
      const container = engine.container(target);
      if (container.isRunning) await engine.stop(container, query.number("t"), query.text("signal"));
      engine.start(container);
      container.tell("restart");
      return NOTHING;
    },
  },
  ContainerKill: {
    options: ["signal"],
    answer: ({ target, query }, engine) => {
      const container = engine.container(target);
      const signal = signalIn(query.text("signal") || "SIGKILL", target);
      if (!container.isRunning) {
        throw new Refusal(409, `cannot kill container: ${target}: container ${container.id} is not running`);
      }
      container.kill(signal, signalNumber(signal));
      return NOTHING;
    },
  },
  ContainerWait: {
    options: ["condition"],
    answer: ({ target, query, ended }, engine) => {
      const container = engine.container(target);
      return { status: 200, body: exitOf(container, query.text("condition") || "not-running", ended) };
    },
  },
  ContainerDelete: {
    options: ["force", "v"],
    answer: async ({ target, query }, engine) => {
      await engine.remove(engine.container(target), query.flag("force"));
      return NOTHING;
    },
  },
  ContainerRename: {
    options: ["name"],
    answer: ({ target, query }, engine) => {
      const container = engine.container(target);
      const name = (query.text("name") ?? "").replace(/^\//, "");
      if (name === "") throw new Refusal(400, "Neither old nor new names may be empty");
      if (name === container.name) {
        throw new Refusal(400, "Renaming a container with the same name as its current name");
      }
      engine.checkName(name);
      const oldName = `/${container.name}`;
      container.name = name;
      container.tell("rename", { oldName });
      return NOTHING;
    },
  },
  ContainerPrune: {
    options: ["filters"],
    answer: async ({ query }, engine) => {
      const filters = query.filters(["label", "label!"]);
      const stopped = [...engine.containers].filter(
        ({ isRunning, settings: { labels }, state }) =>
          !isRunning &&
          state !== "restarting" &&
          hasLabels(filters, labels) &&
          ((filters["label!"] ?? []).length === 0 || !hasLabels(filters, labels, "label!")),
      );
      for (const container of stopped) await engine.remove(container, false);
      return { status: 200, body: { ContainersDeleted: stopped.map(({ id }) => id), SpaceReclaimed: 0 } };
    },
  },
  ContainerResize: {
    options: ["h", "w"],
    answer: ({ target, query }, engine) => {
      const container = engine.container(target);
      const [rows, columns] = sizeOf(query.number("h"), query.number("w"));
      container.requireRunning();
      container.process?.resize(columns, rows);
      container.tell("resize", { height: String(rows), width: String(columns) });
      return OK;
    },
  },
} satisfies Partial<Record<OperationId, FakeOperation>>;

/** @throws {Refusal} one is missing */
export function sizeOf(rows: number | undefined, columns: number | undefined): [number, number] {
  if (rows === undefined) throw new Refusal(400, 'invalid resize height "": invalid syntax');
  if (columns === undefined) throw new Refusal(400, 'invalid resize width "": invalid syntax');
  return [rows, columns];
}

/** The exit code of a container, once it is known. */
async function exitOf(container: Container, condition: string, ended: AbortSignal): Promise<object> {
  const isExit = condition === "next-exit" || condition === "not-running";
  if (!isExit && condition !== "removed")
    throw new Refusal(400, `invalid condition: ${JSON.stringify(condition)}`);
  if (condition !== "not-running" || container.isRunning) {
    const events = isExit ? ["exit", "removed"] : ["removed"];
    const done = new AbortController();
    const signal = AbortSignal.any([ended, done.signal]);
    await Promise.race(events.map((event) => once(container.changes, event, { signal }))).finally(() =>
      done.abort(),
    );
  }
  return { StatusCode: container.exitCode };
}

function matches(container: Container, filters: Filters, engine: Engine): boolean {
  const { exitCode, health, id, image, name, settings, state } = container;
  const networks = engine.networks.of(container);
  return (
    anyOf(filters, "id", (value) => id.startsWith(value)) &&
    anyOf(filters, "name", (value) => fits(name, value)) &&
    anyOf(filters, "status", (value) => value === state) &&
    anyOf(
      filters,
      "ancestor",
      (value) => engine.images.find(value)?.id === image.id || FakeImages.names(image).includes(value),
    ) &&
    anyOf(filters, "network", (value) =>
      networks.some((one) => one.name === value || one.id.startsWith(value)),
    ) &&
    anyOf(filters, "exited", (value) => state === "exited" && exitCode === Number(value)) &&
    anyOf(filters, "health", (value) => (health ?? "none") === value) &&
    hasLabels(filters, settings.labels)
  );
}

/** Engines take the filter for names as a pattern, for the name with and without its slash. */
function fits(name: string, pattern: string): boolean {
  try {
    const wanted = new RegExp(pattern);
    return wanted.test(name) || wanted.test(`/${name}`);
  } catch {
    throw new Refusal(400, `invalid filter 'name=${pattern}'`);
  }
}
