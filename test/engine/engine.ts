import { randomUUID } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type BinaryBody, Docker, isEngineError } from "../../src/index.js";
import { rawRequest } from "./raw.js";

/** A real Engine, and how it stores images. */
export interface Engine {
  readonly store: "containerd" | "overlay2";
  readonly host: string;
}

function named(variable: string, store: Engine["store"]): Engine[] {
  const host = process.env[variable];
  return host ? [{ store, host }] : [];
}

const containerdEngines = named("DOCKER_HOST", "containerd");
const overlay2Engines = named("DOCKER_HOST_OVERLAY2", "overlay2");

/** The only store that this run tests, if it shares the work with another run. */
const { ENGINE_STORE: wanted } = process.env;

const [first] = containerdEngines;
if (!first) {
  throw new Error(
    "The engine tests need a real Docker Engine: set DOCKER_HOST (such as unix:///var/run/docker.sock) to one " +
      "with the containerd image store and the image busybox:local, and DOCKER_HOST_OVERLAY2 to one with the " +
      "overlay2 store.",
  );
}
if (overlay2Engines.length === 0 && wanted !== "containerd") {
  process.stderr.write(
    "engine tests: DOCKER_HOST_OVERLAY2 is not set, so tests of the overlay2 store did not run\n",
  );
}

/** The Engine with the containerd store. */
export const containerd: Engine = first;

/** For tests that no store matters to; where there are two Engines, the run of overlay2 is the shorter one. */
export const anyEngine: Engine = overlay2Engines[0] ?? containerd;

/** All Engines of this run. */
export const engines: readonly Engine[] = [...containerdEngines, ...overlay2Engines].filter(
  ({ store }) => wanted === undefined || store === wanted,
);

/** Declares a block of tests for each Engine of the run that has one of the stores. */
export function describeStores(
  stores: readonly Engine["store"][],
  subject: string,
  tests: (engine: Engine) => void,
): void {
  const chosen = engines.filter(({ store }) => stores.includes(store));
  for (const engine of chosen) describe(`${subject} (${engine.store})`, () => tests(engine));
}

export const everyStore: readonly Engine["store"][] = ["containerd", "overlay2"];

const run = `${process.pid}-${randomUUID().slice(0, 8)}`;
let serial = 0;

/** A name that no other test and no other run uses. */
export const uniqueName = (what: string): string => `sdk-test-${what}-${run}-${++serial}`;

/** The label of every container that the tests make. */
const label = "docker-engine-sdk.test-run";

/** What a block of tests has of an Engine; all of it is gone after the block, also if tests fail. */
export interface Bench {
  readonly docker: Docker;
  /** A new image name, whose image is deleted at the end. */
  readonly imageName: (what: string) => string;
  /** Loads an image tar and waits for the end. */
  readonly load: (body: BinaryBody) => Promise<void>;
  /** Creates a container of busybox:local, without network; it is deleted at the end. */
  readonly container: (...command: string[]) => Promise<string>;
  /** A path in a folder of its own, which is removed at the end. */
  readonly path: (name: string) => string;
  /** Has something undone at the end, before the rest of the bench goes. */
  readonly atEnd: (task: () => Promise<unknown>) => void;
}

/** What the environment names beside the two Engines; says so once if it does not. */
export function fromEnvironment(variable: string, what: string): string | undefined {
  const value = process.env[variable];
  if (!value) process.stderr.write(`engine tests: ${variable} is not set, so ${what} did not run\n`);
  return value || undefined;
}

/** Sets up a {@link Bench} for the surrounding describe block. */
export function useEngine({ host }: Engine): Bench {
  const docker = new Docker({ host });
  const block = uniqueName("block");
  const images: string[] = [];
  const tasks: (() => Promise<unknown>)[] = [];
  let folder = "";

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "sdk-engine-test-"));
  });
  afterAll(async () => {
    const problems: unknown[] = [];
    const attempt = (what: Promise<unknown>): Promise<unknown> => what.catch((error) => problems.push(error));
    // A test may have removed what it made, or left its swarm.
    const isGone = (error: unknown): boolean => isEngineError(error, 404) || isEngineError(error, 503);
    for (const task of tasks) {
      await task().catch((error) => isGone(error) || problems.push(error));
    }
    await attempt(docker.close());
    await attempt(cleanEngine(host, block, images));
    await attempt(rm(folder, { recursive: true, force: true }));
    if (problems.length > 0) throw new AggregateError(problems, `cleaning up failed: ${problems.join("; ")}`);
  });

  return {
    docker,
    imageName: (what) => {
      const name = `${uniqueName(what)}:1`;
      images.push(name);
      return name;
    },
    load: async (body) => (await docker.imageLoad({ body })).done(),
    container: async (...command) => {
      const created = await docker.containerCreate({
        Image: "busybox:local",
        Cmd: command,
        Labels: { [label]: block },
        HostConfig: { NetworkMode: "none" },
      });
      return created.Id;
    },
    path: (name) => join(folder, name),
    atEnd: (task) => tasks.push(task),
  };
}

/** Deletes what a block made, without the SDK: it may be what fails. */
async function cleanEngine(host: string, block: string, images: readonly string[]): Promise<void> {
  const filters = encodeURIComponent(JSON.stringify({ label: [`${label}=${block}`] }));
  const { body } = await rawRequest(host, "GET", `/containers/json?all=1&filters=${filters}`);
  const paths = (JSON.parse(body) as { readonly Id: string }[]).map(({ Id }) => `/containers/${Id}`);
  for (const path of [...paths, ...images.map((name) => `/images/${name}`)]) {
    const { status, body: message } = await rawRequest(host, "DELETE", `${path}?force=1`);
    if (![200, 204, 404].includes(status)) throw new Error(`DELETE ${path}: ${status} ${message}`);
  }
}

/**
 * A prefix for commands that are to run where the published ports of containers are. The Engines that test/engine/bin starts have
 * a network of their own; any other one is taken to share this machine's.
 */
export function inNetworkOf({ host }: Engine): string[] {
  const file = join(dirname(dirname(host.replace("unix://", ""))), "pid");
  return existsSync(file) ? ["nsenter", `--net=/proc/${readFileSync(file, "utf8").trim()}/ns/net`] : [];
}

/** Waits until something holds; fails, naming it, if it does not come about. */
export async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 30_000;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`waited in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** The failure of a result that must be one. */
export function failureOf<R extends { readonly ok: boolean }>(result: R): Extract<R, { readonly ok: false }> {
  if (result.ok) throw new Error("the call succeeded, but it should have failed");
  return result as Extract<R, { readonly ok: false }>;
}

/** The value that a promise rejects with; it is an error if it does not reject. */
export async function rejection(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error("the promise was fulfilled, but it should have been rejected");
}
