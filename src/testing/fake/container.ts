import { EventEmitter, once } from "node:events";
import { PassThrough } from "node:stream";
import { quote } from "../../quote.js";
import type { MockedOutput } from "../mocked-operations.js";
import type { Events } from "./events.js";
import { Files } from "./files.js";
import { newId } from "./ids.js";
import type { FakeImageEntry } from "./images.js";
import { Log } from "./log.js";
import { Output } from "./output.js";
import { RunningProcess, signalIn } from "./process.js";
import { Refusal } from "./refusal.js";
import { adviceFor, type Program } from "./scripts.js";
import type { ContainerSettings } from "./settings.js";

/** The input and output of one run of a container. */
interface Run {
  readonly output: Output;
  readonly stdin: PassThrough;
}

/** A command that was added to a container. */
interface Inside {
  readonly process: RunningProcess | undefined;
  readonly isRunning: boolean;
  readonly settings: { readonly env: readonly string[] };
}

/** How long a container waits before its restart policy starts it again. */
const RESTART_AFTER_MS = 100;

/** A container of a fake Engine. */
export class Container {
  readonly id = newId();
  name: string;
  readonly settings: ContainerSettings;
  readonly image: FakeImageEntry;
  readonly created = Date.now();
  readonly log = new Log();
  readonly files: Files;
  readonly execs = new Map<string, Inside>();
  state: "created" | "running" | "restarting" | "exited" = "created";
  exitCode = 0;
  error = "";
  startedAt = 0;
  finishedAt = 0;
  restarts = 0;
  health: "starting" | "healthy" | "unhealthy" | undefined;
  process: RunningProcess | undefined;
  /** Emits "start", "leave", "exit" and "removed"; and "auto-remove" if it should be removed. */
  readonly changes = new EventEmitter().setMaxListeners(0);
  readonly #events: Events;
  /** The current run, or the one that comes next. */
  #run: Run = newRun();
  #stopped = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(name: string, image: FakeImageEntry, settings: ContainerSettings, events: Events) {
    this.name = name;
    this.image = image;
    this.settings = settings;
    this.files = new Files(settings.body.WorkingDir ?? image.config.WorkingDir ?? "/");
    this.#events = events;
    this.tell("create");
  }

  get isRunning(): boolean {
    return this.state === "running";
  }

  /** @throws {Refusal} it does not run */
  requireRunning(): void {
    if (!this.isRunning) throw new Refusal(409, `container ${this.id} is not running`);
  }

  tell(action: string, attributes: Readonly<Record<string, string>> = {}): void {
    const { image, labels } = this.settings;
    this.#events.tell("container", action, this.id, { ...labels, image, name: this.name, ...attributes });
  }

  /** Its output from now on, or from its next start. */
  follow(streams: readonly string[]): ReturnType<Output["follow"]> {
    return this.#run.output.follow(streams);
  }

  get stdin(): PassThrough {
    return this.#run.stdin;
  }

  /** Starts it. @throws {Refusal} its image has no such program */
  start(program: Program | undefined): void {
    const { args, env, openStdin, tty } = this.settings;
    if (!program) {
      this.exitCode = 127;
      this.error = `exec: ${quote(args[0] ?? "")}: executable file not found in $PATH`;
      throw new Refusal(400, `failed to create task for container: ${this.error}${adviceFor(args)}`);
    }
    const { output, stdin } = this.#run;
    if (!openStdin) stdin.end();
    Object.assign(this, { state: "running", exitCode: 0, error: "", startedAt: Date.now(), finishedAt: 0 });
    this.health = program.health && "starting";
    this.#stopped = false;
    this.log.open();
    const write = async (piece: MockedOutput): Promise<void> => {
      if (!this.isRunning) return;
      this.log.add(piece);
      await output.push(piece);
    };
    const health = (status: "healthy" | "unhealthy"): void => this.#setHealth(status);
    this.process = new RunningProcess(program, {
      args,
      env,
      tty,
      stdin,
      write,
      health,
      files: this.files,
      size: this.settings.body.HostConfig?.ConsoleSize,
    });
    this.changes.emit("start");
    this.tell("start");
    void this.process.exited.then((code) => this.#exited(code, program));
  }

  /** Sends a signal. */
  kill(signal: NodeJS.Signals, number: number): void {
    this.tell("kill", { signal: String(number) });
    this.process?.kill(signal);
  }

  /** Stops it: with its signal and, after the given number of seconds, with SIGKILL. */
  async stop(seconds: number, signal: NodeJS.Signals, number: number): Promise<void> {
    this.#stopped = true;
    if (this.state === "restarting") return this.#giveUp();
    const exit = once(this.changes, "exit");
    this.kill(signal, number);
    const timer = seconds < 0 ? undefined : setTimeout(() => this.kill("SIGKILL", 9), seconds * 1000);
    await exit;
    clearTimeout(timer);
    this.tell("stop");
  }

  /**
   * Does the work of the shell command that kills a spawned command through /proc: signals the processes with a marker in
   * their environment. Returns its exit code, 3 if it finds none.
   */
  signalMarked(marker: string, text: string): number {
    const signal = signalIn(text, this.name);
    const marked = [...this.execs.values()].filter(({ isRunning, settings }) => {
      return isRunning && settings.env.some((line) => line.includes(marker));
    });
    for (const { process } of marked) process?.kill(signal);
    return marked.length > 0 ? 0 : 3;
  }

  /** Kills it, before it is removed. */
  async destroy(): Promise<void> {
    this.#stopped = true;
    const exit = once(this.changes, "exit");
    this.kill("SIGKILL", 9);
    await exit;
  }

  /** Ends whatever runs, without any events: the Engine closes. */
  discard(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
    for (const exec of this.execs.values()) exec.process?.kill("SIGKILL");
    this.process?.kill("SIGKILL");
  }

  #setHealth(status: "healthy" | "unhealthy"): void {
    if (!this.isRunning || this.health === status) return;
    this.health = status;
    this.tell(`health_status: ${status}`);
  }

  #exited(code: number, program: Program): void {
    for (const exec of this.execs.values()) exec.process?.kill("SIGKILL");
    const seconds = Math.floor((Date.now() - this.startedAt) / 1000);
    Object.assign(this, { state: "exited", exitCode: code, finishedAt: Date.now() });
    this.process = undefined;
    this.log.close();
    const { output } = this.#run;
    this.#run = newRun();
    output.end();
    this.changes.emit("leave");
    this.tell("die", { execDuration: String(seconds), exitCode: String(code) });
    this.changes.emit("exit", code);
    if (this.#restartsAfter(code)) {
      this.state = "restarting";
      this.#timer = setTimeout(() => {
        this.restarts += 1;
        this.start(program);
      }, RESTART_AFTER_MS);
    } else if (this.settings.autoRemove) this.changes.emit("auto-remove");
  }

  #restartsAfter(code: number): boolean {
    const { name, attempts } = this.settings.restart;
    if (this.#stopped || !name || name === "no") return false;
    return name !== "on-failure" || (code !== 0 && (attempts === 0 || this.restarts < attempts));
  }

  #giveUp(): void {
    clearTimeout(this.#timer);
    this.state = "exited";
  }
}

const newRun = (): Run => ({ output: new Output(), stdin: new PassThrough().on("error", () => undefined) });
