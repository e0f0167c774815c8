import { deepStrictEqual, equal, ok } from "node:assert/strict";
import { randomBytes, randomUUID } from "node:crypto";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Docker } from "../../src/index.js";
import { tarOf } from "../helpers/tar-archive.js";

/** What ends a job early. */
export interface Ending {
  readonly signal: AbortSignal;
  readonly timeout?: number;
}

/** Something done with an Engine, whose result is compared with what it must be. Throws if it differs. */
export type Job = (bench: Bench, ending: Ending) => Promise<void>;

/** What the jobs work on. */
export interface Bench {
  readonly docker: Docker;
  /** A container that runs for as long as the bench is there. */
  readonly box: string;
  /** One that has ended and written {@link LINES}. */
  readonly log: string;
  /** A folder of this machine. */
  readonly folder: string;
  readonly label: string;
  readonly remove: () => Promise<void>;
}

const IMAGE = "busybox:local";
const LINES = Array.from({ length: 2000 }, (_, at) => `line ${at + 1} of what the container wrote`);

export async function setUp(docker: Docker): Promise<Bench> {
  const label = `docker-engine-sdk.soak=${randomUUID()}`;
  const Labels = Object.fromEntries([label.split("=")]);
  const common = { Image: IMAGE, Labels, HostConfig: { NetworkMode: "none" } };
  const box = await docker.containerCreate({ ...common, Cmd: ["sleep", "86400"] });
  await docker.containerStart(box.Id);
  const script = `i=1; while [ $i -le ${LINES.length} ]; do echo "line $i of what the container wrote"; i=$((i+1)); done`;
  const log = await docker.containerCreate({ ...common, Cmd: ["sh", "-c", script] });
  await docker.containerStart(log.Id);
  await docker.containerWait(log.Id);
  const folder = await mkdtemp(join(tmpdir(), "soak-"));
  const remove = async (): Promise<void> => {
    for (const { Id } of await docker.containerList({ all: true, filters: { label: [label] } })) {
      await docker.containerDelete(Id, { force: true, v: true });
    }
    for (const { Id } of await docker.imageList({ all: true, filters: { label: [imageLabel(label)] } })) {
      await docker.imageDelete(Id, { force: true }).result();
    }
    await rm(folder, { recursive: true, force: true });
  };
  return { docker, box: box.Id, log: log.Id, folder, label, remove };
}

/** Of images: a builder's own containers have the labels of its image. */
const imageLabel = (label: string): string => label.replace("soak=", "soak-image=");

const text = (bytes: number): string => randomBytes(bytes).toString("base64");

/** Every kind of call and workflow, by name. */
export const jobs: Readonly<Record<string, Job>> = {
  async list({ docker, box, log, label }, ending) {
    const all = await docker.containerList({ all: true, filters: { label: [label] } }, ending);
    const ids = all.map(({ Id }) => Id);
    ok(ids.includes(box) && ids.includes(log));
  },
  async inspect({ docker, box }, ending) {
    const { Id, State } = await docker.containerInspect(box, {}, ending);
    deepStrictEqual([Id, State?.Running], [box, true]);
  },
  async missing({ docker }, ending) {
    const { ok: found, ...result } = await docker.containerInspect("no-such-container", {}, ending).result();
    ok(!found);
    if ("error" in result && result.error.code !== "ERR_DOCKER_ENGINE") throw result.error;
  },
  async logs({ docker, log }, ending) {
    const stream = await docker.containerLogs(log, { stdout: true, stderr: true }, ending);
    deepStrictEqual(await stream.text(), { stdout: `${LINES.join("\n")}\n`, stderr: "" });
  },
  async "logs followed and left"({ docker, log }, ending) {
    const lines: string[] = [];
    const stream = await docker.containerLogs(log, { stdout: true, stderr: true, follow: true }, ending);
    for await (const { line } of stream.lines()) if (lines.push(line) === 100) break;
    deepStrictEqual(lines, LINES.slice(0, 100));
  },
  async stats({ docker, box }, ending) {
    for await (const sample of await docker.containerStats(box, { stream: true }, ending)) {
      equal(sample.id, box);
      break;
    }
  },
  async exec({ docker, box }, ending) {
    const stdin = text(64 * 1024);
    const { exitCode, stdout } = await docker.exec(box, ["cat"], { ...ending, stdin });
    equal(exitCode, 0);
    ok(stdout === stdin, `cat gave ${stdout.length} characters of ${stdin.length}`);
  },
  async run({ docker, label }, ending) {
    const create = { Labels: Object.fromEntries([label.split("=")]), HostConfig: { NetworkMode: "none" } };
    const word = text(12);
    const command = ["sh", "-c", `echo "${word}"; echo "not ${word}" >&2; exit 3`];
    const { exitCode, stderr, stdout } = await docker.run(IMAGE, command, {
      ...ending,
      remove: true,
      create,
    });
    deepStrictEqual(
      { exitCode, stdout, stderr },
      { exitCode: 3, stdout: `${word}\n`, stderr: `not ${word}\n` },
    );
  },
  async "copy in and out"({ docker, box, folder }, ending) {
    const name = randomUUID();
    const [from, to] = [join(folder, name), join(folder, `${name}.back`)];
    const content = randomBytes(200_000);
    await mkdir(join(from, "inner"), { recursive: true });
    await writeFile(join(from, "inner", "file"), content);
    try {
      await docker.copyIn(box, from, `/tmp/${name}`, ending);
      await docker.copyOut(box, `/tmp/${name}`, to, ending);
      ok((await readFile(join(to, "inner", "file"))).equals(content), "the copy differs");
    } finally {
      await Promise.all([from, to].map((path) => rm(path, { recursive: true, force: true })));
      await docker.exec(box, ["rm", "-rf", `/tmp/${name}`]);
    }
  },
  async export({ docker, folder }, ending) {
    const file = join(folder, `${randomUUID()}.tar`);
    try {
      const bytes = await (await docker.imageGet(IMAGE, undefined, ending)).toFile(file);
      const content = await readFile(file);
      equal(content.length, bytes);
      ok(content.includes("manifest.json") && content.includes(IMAGE), "the export is not of the image");
    } finally {
      await rm(file, { force: true });
    }
  },
  async events({ docker, box }, { signal }) {
    const leave = new AbortController();
    const forward = (): void => leave.abort(signal.reason);
    signal.addEventListener("abort", forward);
    if (signal.aborted) forward();
    try {
      const filters = { container: [box], event: ["exec_die"] };
      let exec: Promise<unknown> | undefined;
      const onConnected = (): void => {
        exec ??= docker.exec(box, ["true"], { signal: leave.signal }).catch((error) => error);
      };
      for await (const event of docker.events({ filters, signal: leave.signal, onConnected })) {
        deepStrictEqual([event.Type, event.Actor?.ID], ["container", box]);
        break;
      }
      await exec;
    } finally {
      signal.removeEventListener("abort", forward);
    }
  },
  async build({ docker, label }, ending) {
    const word = text(12);
    // The word first: builds that share a step would have their images deleted under them.
    const dockerfile = `FROM ${IMAGE}\nENV WORD="${word}"\nLABEL ${imageLabel(label)}\n`;
    const { id = "" } = await docker.build(tarOf({ Dockerfile: dockerfile }), ending);
    const { Config } = await docker.imageInspect(id);
    // Deleted at the end: the Engine's collection of what is left over can strike a build under way.
    ok(Config?.Env?.includes(`WORD=${word}`), "the image is not what was built");
  },
};
