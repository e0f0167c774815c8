import { randomBytes } from "node:crypto";
import { PassThrough } from "node:stream";
import { commandIn, type Instruction, pairsIn, withValues } from "./dockerfile.js";
import type { Engine } from "./engine.js";
import { Files } from "./files.js";
import { type FakeImageEntry, FakeImages } from "./images.js";
import { RunningProcess } from "./process.js";
import { Refusal } from "./refusal.js";
import { pull } from "./registry.js";
import type { ImageConfig } from "./settings.js";

/** The build to run. */
export interface BuildRequest {
  readonly instructions: readonly Instruction[];
  readonly args: ReadonlyMap<string, string>;
  readonly labels: Readonly<Record<string, string>>;
  readonly target: string | undefined;
  readonly tags: readonly string[];
}

/** A stage that is being built. */
interface Stage {
  readonly base: FakeImageEntry | undefined;
  readonly config: ImageConfig;
}

const SCRATCH: Stage = { base: undefined, config: {} };

/** Builds an image like the classic builder, and reports each step; a failure is the last record. */
export async function* build(
  engine: Engine,
  request: BuildRequest,
  ended: AbortSignal,
): AsyncGenerator<object> {
  const { args, instructions, labels, tags, target } = request;
  const stages = new Map<string, Stage>();
  const values = new Map<string, string>();
  let stage = SCRATCH;
  let number = 0;
  try {
    for (const { keyword, rest, text } of instructions) {
      if (
        keyword === "FROM" &&
        target !== undefined &&
        stages.size > 0 &&
        [...stages.keys()].at(-1) === target
      )
        break;
      number += 1;
      yield { stream: `Step ${number}/${instructions.length} : ${text}` };
      yield { stream: "\n" };
      // In these, the shell inserts the values.
      const line = ["RUN", "CMD", "ENTRYPOINT"].includes(keyword) ? rest : withValues(rest, values);
      if (keyword === "FROM") {
        const [image = "", , name = String(stages.size)] = line.split(/\s+/);
        stage = stages.get(image) ?? (await stageFrom(engine, image));
        stages.set(name, stage);
      } else if (keyword === "ARG") {
        const [name = "", otherwise = ""] = rest.split(/=(.*)/s, 2);
        values.set(name, args.get(name) ?? otherwise);
      } else if (keyword === "RUN") {
        yield* runStep(engine, stage, commandIn(line), ended);
      } else stage = { ...stage, config: changed(stage.config, keyword, line) };
      for (const pair of stage.config.Env ?? []) values.set(...(pair.split(/=(.*)/s, 2) as [string, string]));
      stages.set([...stages.keys()].at(-1) ?? "0", stage);
      yield { stream: ` ---> ${randomBytes(6).toString("hex")}\n` };
    }
    const config = { ...stage.config, Labels: { ...stage.config.Labels, ...labels } };
    const image = await engine.images.add(
      tags[0] ?? `<none>:${randomBytes(4).toString("hex")}`,
      config,
      stage.base,
    );
    yield { aux: { ID: image.id } };
    yield { stream: `Successfully built ${image.id.slice("sha256:".length, "sha256:".length + 12)}\n` };
    for (const tag of tags) {
      engine.images.tag(image, tag);
      yield { stream: `Successfully tagged ${tag}\n` };
    }
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const { message, status } = error;
    yield { errorDetail: { ...(status < 400 ? { code: status } : {}), message }, error: message };
  }
}

async function stageFrom(engine: Engine, name: string): Promise<Stage> {
  if (name === "scratch") return SCRATCH;
  if (!engine.images.find(name)) await pull(engine, name);
  const base = engine.images.get(name);
  return { base, config: base.config };
}

/** Runs a command if the image has such a process; any other command succeeds and writes nothing. */
async function* runStep(
  engine: Engine,
  { base, config }: Stage,
  args: readonly string[],
  ended: AbortSignal,
): AsyncGenerator<object> {
  yield { stream: ` ---> Running in ${randomBytes(6).toString("hex")}\n` };
  // A line for the shell counts as the command in it.
  const [shell, , line = ""] = args;
  const words = shell === "/bin/sh" ? line.split(/\s+/) : args;
  const names = base ? FakeImages.names(base) : [];
  const program = engine.scripts.find(names, words, { named: true });
  if (program) {
    const stdin = new PassThrough();
    stdin.end();
    const output: object[] = [];
    const running = new RunningProcess(program, {
      ...{
        args: words,
        env: config.Env ?? [],
        tty: false,
        stdin,
        health: () => undefined,
        files: new Files("/"),
      },
      write: async ({ data }) => void output.push({ stream: Buffer.from(data as Uint8Array).toString() }),
    });
    const stop = (): void => running.kill("SIGKILL");
    ended.addEventListener("abort", stop, { once: true });
    const code = await running.exited;
    ended.removeEventListener("abort", stop);
    yield* output;
    if (code !== 0) {
      // A failed build's status is the exit code of its command.
      throw new Refusal(code, `The command '${args.join(" ")}' returned a non-zero code: ${code}`);
    }
  }
  yield { stream: " ---> Removed intermediate container\n" };
}

function changed(config: ImageConfig, keyword: string, rest: string): ImageConfig {
  switch (keyword) {
    case "ENV": {
      const lines = pairsIn(rest).map(([name, value]) => `${name}=${value}`);
      const names = pairsIn(rest).map(([name]) => `${name}=`);
      const kept = (config.Env ?? []).filter((line) => !names.some((name) => line.startsWith(name)));
      return { ...config, Env: [...kept, ...lines] };
    }
    case "LABEL":
      return { ...config, Labels: { ...config.Labels, ...Object.fromEntries(pairsIn(rest)) } };
    case "CMD":
      return { ...config, Cmd: commandIn(rest) };
    case "ENTRYPOINT":
      return { ...config, Entrypoint: commandIn(rest), Cmd: null };
    case "EXPOSE": {
      const ports = rest.split(/\s+/).map((port) => [port.includes("/") ? port : `${port}/tcp`, {}]);
      return { ...config, ExposedPorts: { ...config.ExposedPorts, ...Object.fromEntries(ports) } };
    }
    case "USER":
      return { ...config, User: rest };
    case "WORKDIR":
      return { ...config, WorkingDir: rest.startsWith("/") ? rest : `${config.WorkingDir ?? ""}/${rest}` };
    case "STOPSIGNAL":
      return { ...config, StopSignal: rest };
    case "COPY":
    case "ADD":
    case "VOLUME":
    case "SHELL":
    case "HEALTHCHECK":
    case "MAINTAINER":
    case "ONBUILD":
      return config;
    default:
      throw new Refusal(400, `dockerfile parse error: unknown instruction: ${keyword}`);
  }
}
