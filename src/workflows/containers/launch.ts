import { settledWithin, sleep } from "../../abort.js";
import { checkOptions, type Rules, rule } from "../../arguments.js";
import { ArgumentError, isEngineError } from "../../errors.js";
import type { Logins } from "../../logins/index.js";
import type { Call } from "../../operation/index.js";
import type { ReadAhead } from "../../streams/index.js";
import type { EngineClient } from "../engine-client.js";
import { inspectedContainer } from "../inspections.js";
import { LIMIT_RULES, type Limits } from "../limits.js";
import { type StartedContainer, startContainer } from "./container-start.js";
import {
  CONTAINER_EQUIVALENTS,
  CONTAINER_RULES,
  type ContainerSettings,
  newContainer,
  removeAfter,
} from "./new-container.js";
import type { ContainerProcess, TerminalSize } from "./process.js";
import { consoleSizeOf, PIPED } from "./process-arguments.js";
import { ProcessHandle, type ProcessParts, sized } from "./process-handle.js";
import { live, type Started } from "./process-life.js";
import { HANDLE_EQUIVALENTS } from "./process-options.js";
import type { TemporaryContainer } from "./temporary-container.js";

/** Options of `docker.launch`. The limits end the container, not only the wait for it. */
export interface LaunchOptions extends ContainerSettings, Limits {
  /**
   * Whether to receive the output, true by default. False for a service whose output nobody reads here: the Engine keeps
   * its log, and the streams of the handle are empty.
   */
  readonly attach?: boolean | undefined;
  /**
   * Whether the process has a standard input to write to; without one it reads an end at once. Same as `attach` by default.
   */
  readonly stdin?: boolean | undefined;
  /** The size that the terminal begins with; the Engine's by default. Needs `tty`. */
  readonly size?: TerminalSize | undefined;
}

const RULES: Rules<LaunchOptions> = {
  ...CONTAINER_RULES,
  ...LIMIT_RULES,
  attach: rule.boolean,
  stdin: PIPED,
  size: rule.object,
};

/** How long the rest of the output may take before the container is removed; nobody has to read it. */
const REST_MS = 2000;
/** When to start asking the Engine for the exit, in case its wait has missed it. */
const MISSED_MS = 1000;
/** How long a kill may take once nobody waits for it. */
const PATIENCE_MS = 10_000;

/** Starts a command in a new container; see `docker.launch`. */
export async function launchProcess(
  docker: EngineClient,
  logins: Logins,
  image: string,
  cmd: readonly string[] = [],
  settings?: LaunchOptions,
): Promise<ContainerProcess> {
  const workflow = "launch";
  const equivalents = {
    ...CONTAINER_EQUIVALENTS,
    ...HANDLE_EQUIVALENTS,
    detach: "attach: false",
    Detach: "attach: false",
  };
  const options = checkOptions(settings, RULES, { where: workflow, equivalents });
  const { attach = true, remove = false, stdin: hasInput = attach, tty: hasTerminal } = options;
  if (hasInput && !attach) {
    throw new ArgumentError("launch: stdin needs attach; set attach to true, or stdin to false");
  }
  const consoleSize = consoleSizeOf(options.size, hasTerminal ?? options.create?.Tty ?? false, workflow);
  const use = { workflow, hasInput, attach, consoleSize };
  const { container, create, tty } = newContainer(docker, logins, image, cmd, options, use);
  let isHandedOver = false;

  const start = async (signal: AbortSignal): Promise<Started<ContainerProcess>> => {
    const id = await create(signal);
    const name = options.name ?? (await nameOf(docker, id, signal));
    const started = await startContainer(docker, id, use, signal);
    const { attached } = started;
    return {
      attached,
      handle: (output, exitCode) => {
        isHandedOver = true;
        const parts = { workflow, attached, output, exitCode, hasInput, tty };
        return new LaunchedProcess(docker, container, { id, name }, parts);
      },
      exit: async (output) => {
        const exitCode = await exitOf(started, output, signal);
        if (remove) {
          output?.takeRest();
          if (output) await settledWithin(output.over, REST_MS);
          await container.remove();
        }
        return exitCode;
      },
    };
  };
  const launched = await live(workflow, options, start, async (failure, isLimit) => {
    if (remove || !isHandedOver) return removeAfter(failure, container);
    const id = isLimit && (await container.id());
    // Best effort: the error says why the process was ended, not whether that succeeded.
    if (id) await docker.containerKill(id, undefined, { timeout: PATIENCE_MS }).result();
  });
  return sized(launched, options.size);
}

/** The name given by the Engine. */
async function nameOf(docker: EngineClient, id: string, signal: AbortSignal): Promise<string> {
  const { Name } = inspectedContainer(await docker.containerInspect(id, undefined, { signal }));
  return (Name ?? id).replace(/^\//, "");
}

/** The exit code, unless the output is lost. */
function exitOf(
  { exitCode }: StartedContainer,
  output: ReadAhead | undefined,
  signal: AbortSignal,
): Promise<number> {
  // Nobody may read the output, so its end may never be seen.
  const exited = exitCode(sleep(MISSED_MS, signal));
  if (!output) return exited;
  return new Promise((resolve, reject) => {
    exited.then(resolve, reject);
    output.over.catch(reject);
  });
}

class LaunchedProcess extends ProcessHandle implements ContainerProcess {
  readonly id: string;
  readonly name: string;
  readonly #docker: EngineClient;
  readonly #container: TemporaryContainer;
  readonly #close: () => void;

  constructor(
    docker: EngineClient,
    container: TemporaryContainer,
    { id, name }: { readonly id: string; readonly name: string },
    parts: ProcessParts,
  ) {
    super(parts);
    this.id = id;
    this.name = name;
    this.#docker = docker;
    this.#container = container;
    this.#close = () => void parts.attached?.duplex.destroy();
  }

  protected askResize(sides: { readonly h: number; readonly w: number }): Call<void> {
    return this.#docker.containerResize(this.id, sides);
  }

  protected async askKill(signal: string): Promise<void> {
    const killed = await this.#docker.containerKill(this.id, { signal }).result();
    // It no longer runs, or no longer exists.
    if (!killed.ok && ![404, 409].some((status) => isEngineError(killed.error, status))) throw killed.error;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      await this.#container.remove();
    } finally {
      this.#close();
    }
  }
}
