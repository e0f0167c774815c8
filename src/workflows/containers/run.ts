import type { ContainerWaitResponse, RequestedPlatform as Platform } from "../../../generated/schema.js";
import { checkOptions, describe, type Equivalents, type Rules, reading, rule } from "../../arguments.js";
import { ArgumentError, isEngineError, StreamError } from "../../errors.js";
import { given } from "../defined.js";
import type { EngineClient } from "../engine-client.js";
import { platformText } from "../images/platform-forms.js";
import { pull, REGISTRY_EQUIVALENTS, REGISTRY_RULES, type RegistryOptions } from "../images/pull.js";
import { isImageId } from "../images/reference.js";
import { LIMIT_RULES, type Limits, UNLIMITED, unlessAborted, withLimits } from "../limits.js";
import { type OutputSinks, type OutputText, readOutput, SINK_RULES } from "./output.js";
import {
  commandOf,
  environment,
  PROCESS_EQUIVALENTS,
  PROCESS_RULES,
  type ProcessSettings,
} from "./process-options.js";
import { type Input, owningInput, type StandardInput, standardInput } from "./stdin.js";
import { type ContainerCreateBody, OwnContainer } from "./temporary-container.js";

const POLICIES = ["missing", "always", "never"] as const;

/** Options of `docker.run`. */
export interface RunOptions extends ProcessSettings, OutputSinks, RegistryOptions, Limits {
  /**
   * What the command reads. A stream is read at the command's pace, and destroyed if the command ends first. With a
   * terminal Ctrl-D is sent at its end. Nothing by default.
   */
  readonly stdin?: Input | undefined;
  /** The container's name; one the Engine makes up by default. */
  readonly name?: string | undefined;
  /** "os/arch[/variant]" or an OCI platform, of the image; the Engine's own by default. */
  readonly platform?: Platform | string | undefined;
  /** Whether to pull the image: when the Engine does not have it (the default), always, or never. */
  readonly pull?: (typeof POLICIES)[number] | undefined;
  /** Deletes the container, with its anonymous volumes, when the command has ended. False by default. */
  readonly remove?: boolean | undefined;
  /**
   * Anything else of the container to make, such as HostConfig (mounts, limits, network mode), Labels or Entrypoint. The
   * other options go before what it says.
   */
  readonly create?: Partial<ContainerCreateBody> | undefined;
}

/** What came of a run. */
export interface RunResult extends OutputText {
  /** The container's ID; with `remove` it is gone. */
  readonly id: string;
  readonly exitCode: number;
}

const RULES: Rules<RunOptions> = {
  ...PROCESS_RULES,
  ...SINK_RULES,
  ...REGISTRY_RULES,
  ...LIMIT_RULES,
  stdin: rule.checkedLater,
  name: rule.text,
  platform: rule.checkedLater,
  pull: { must: `one of ${POLICIES.join(", ")}`, check: (value) => POLICIES.includes(value as "missing") },
  remove: rule.boolean,
  create: rule.object,
};

const EQUIVALENTS: Equivalents = {
  ...REGISTRY_EQUIVALENTS,
  ...PROCESS_EQUIVALENTS,
  rm: "remove: true",
  AutoRemove: "remove: true",
  auto_remove: "remove: true",
  environment: 'env: { NAME: "value" }',
  ...Object.fromEntries(
    ["Entrypoint", "ExposedPorts", "HostConfig", "Hostname", "Labels", "NetworkingConfig", "Volumes"].map(
      (name) => [name, `create: { ${name} }`],
    ),
  ),
};

/** Runs a command in a container of its own; see `docker.run`. */
export async function run(
  docker: EngineClient,
  image: string,
  cmd: readonly string[] = [],
  settings?: RunOptions,
): Promise<RunResult> {
  return owningInput(settings, async () => {
    const options = checkOptions(settings, RULES, { where: "run", equivalents: EQUIVALENTS });
    if (typeof image !== "string" || image === "") {
      throw new ArgumentError(`run: the image must be a name or an ID, not ${describe(image)}`);
    }
    return runImage(docker, image, commandOf(cmd, "run"), options);
  });
}

async function runImage(
  docker: EngineClient,
  image: string,
  cmd: string[],
  options: RunOptions,
): Promise<RunResult> {
  const {
    auth,
    create,
    name,
    onProgress,
    platform,
    pull: policy = "missing",
    remove = false,
    stdin,
  } = options;
  const tty = options.tty ?? reading("run", () => create?.Tty) ?? false;
  const body = reading("run", () => containerOf(image, cmd, tty, options));
  const query = given({ name, platform: platformText(platform, "run") });
  const input = stdin === undefined ? undefined : standardInput(stdin, tty, "run");
  const container = new OwnContainer(docker);

  const createContainer = async (signal: AbortSignal): Promise<string> => {
    const fetchImage = () => pull(docker, image, { auth, onProgress, platform, signal });
    if (policy === "always") await fetchImage();
    try {
      // Goes on after an abort: removing the container waits for it.
      return await unlessAborted(container.create(body, query), signal);
    } catch (error) {
      if (policy !== "missing" || isImageId(image) || !isEngineError(error, 404)) throw error;
      if (platform === undefined && (await docker.imageInspect(image, undefined, { signal }).result()).ok)
        throw error;
      await fetchImage();
      return unlessAborted(container.create(body, query), signal);
    }
  };

  try {
    const result = await withLimits("run", options, async (signal) => {
      const id = await createContainer(signal);
      return { id, ...(await runToEnd(docker, id, input, options, signal)) };
    });
    if (remove) await container.remove();
    return result;
  } catch (error) {
    await removeAfter(error as Error, container);
    throw error;
  } finally {
    input?.close();
  }
}

/** Starts a container and sees it to its end. */
async function runToEnd(
  docker: EngineClient,
  id: string,
  input: StandardInput | undefined,
  sinks: OutputSinks,
  signal: AbortSignal,
): Promise<Omit<RunResult, "id">> {
  // Both are in place before the start: a container may be gone, with all it wrote, right after it.
  const exit = docker.containerWait(id, { condition: "next-exit" }, { signal, timeout: UNLIMITED });
  await exit.begun();
  const streams = { stream: true, stdin: input !== undefined, stdout: true, stderr: true };
  const attached = await docker.containerAttach(id, streams, { signal });
  const reading = readOutput(attached, sinks);
  reading.catch(() => undefined);
  await docker.containerStart(id, undefined, { signal });
  input?.feed(attached);
  // A stream of the caller's may never take what it was given.
  const [output, waited] = await Promise.all([unlessAborted(reading, signal), exit]);
  return { exitCode: exitCodeOf(waited), ...output };
}

function exitCodeOf({ Error: failure, StatusCode: exitCode }: ContainerWaitResponse): number {
  if (failure?.Message)
    throw new StreamError(`run: the Engine failed to wait for the end: ${failure.Message}`);
  return exitCode;
}

/** What is left of a run that failed is removed; if that fails too, the caller has to know. */
async function removeAfter(reason: Error, container: OwnContainer): Promise<void> {
  try {
    await container.remove();
  } catch (error) {
    const left = `its container ${await container.id()} is left behind: ${(error as Error).message}`;
    throw new StreamError(`${reason.message}; ${left}`, { cause: reason });
  }
}

function containerOf(
  image: string,
  cmd: string[],
  tty: boolean,
  { create = {}, env, stdin, user, workingDir }: RunOptions,
): ContainerCreateBody {
  const hasInput = stdin !== undefined;
  return {
    ...create,
    Image: image,
    ...(cmd.length === 0 ? {} : { Cmd: cmd }),
    Env: [...(create.Env ?? []), ...environment(env, "run")],
    ...given({ User: user, WorkingDir: workingDir }),
    Tty: tty,
    AttachStdout: true,
    AttachStderr: true,
    // Without StdinOnce the end of stdin would not reach the command.
    ...(hasInput ? { AttachStdin: true, OpenStdin: true, StdinOnce: true } : {}),
  };
}
