import { type PassThrough, Writable } from "node:stream";
import type { OperationId } from "#generated/operations.js";
import type { MockedOutput } from "../../mocked-operations.js";
import { Refusal } from "../refusal.js";
import { type FakeAnswer, type FakeOperation, OK, objectIn, type Query } from "./call.js";
import { sizeOf } from "./containers.js";

const NANOS_PER_MS = 1_000_000n;

/** Operations on the output and input of containers, and on the commands in them. */
export const containerStreamOperations = {
  ContainerLogs: {
    options: ["follow", "stdout", "stderr", "since", "until", "timestamps", "tail"],
    answer: ({ target, query, ended }, engine) => {
      const container = engine.container(target);
      const streams = streamsOf(query);
      if (streams.length === 0) throw new Refusal(400, "Bad parameters: you must choose at least one stream");
      const tail = query.text("tail");
      const options = {
        streams,
        since: Number((query.time("since") ?? 0n) / NANOS_PER_MS),
        until: untilOf(query),
        tail: tail && tail !== "all" ? Number(tail) : Number.POSITIVE_INFINITY,
        timestamps: query.flag("timestamps"),
        follow: query.flag("follow"),
      };
      return { status: 200, body: container.log.read(options, ended), raw: container.settings.tty };
    },
  },
  ContainerAttach: {
    options: ["detachKeys", "logs", "stream", "stdin", "stdout", "stderr"],
    answer: ({ target, query, ended, upgrade }, engine) => {
      const container = engine.container(target);
      const { tty, openStdin, stdinOnce } = container.settings;
      if (container.state === "restarting") {
        throw new Refusal(
          409,
          `container ${container.id} is restarting, wait until the container is running`,
        );
      }
      const streams = streamsOf(query);
      const live = query.flag("stream") ? container.follow(streams) : undefined;
      const past = { streams, since: 0, until: Number.POSITIVE_INFINITY, tail: Number.POSITIVE_INFINITY };
      const logs = query.flag("logs")
        ? container.log.read({ ...past, timestamps: false, follow: false }, ended)
        : undefined;
      const { stdin } = container;
      const takesInput = live !== undefined && query.flag("stdin") && openStdin;
      // Without StdinOnce, and with a terminal, the end of the input ends the attachment.
      const atEnd = stdinOnce && !tty ? () => stdin.end() : () => live?.end();
      container.tell("attach");
      return hijacked(both(logs, live), tty, upgrade, takesInput ? inputTo(stdin, atEnd) : undefined);
    },
  },
  ContainerExec: {
    answer: ({ target, body }, engine) => {
      const { Cmd, ConsoleSize, Env, Tty, Privileged, User, ...attached } = objectIn(body);
      const args = (Cmd ?? []) as readonly string[];
      const container = engine.container(target);
      if (args.length === 0) throw new Refusal(400, "No exec command specified");
      const { id } = engine.createExec(container, {
        args,
        env: (Env ?? []) as readonly string[],
        tty: Tty === true,
        privileged: Privileged === true,
        user: String(User ?? ""),
        stdin: attached.AttachStdin === true,
        stdout: attached.AttachStdout === true,
        stderr: attached.AttachStderr === true,
        size: sizeIn(ConsoleSize),
      });
      return { status: 201, body: { Id: id } };
    },
  },
  ExecStart: {
    answer: ({ target, body, upgrade }, engine) => {
      const exec = engine.exec(target);
      const { settings, stdin } = exec;
      const isDetached = objectIn(body).Detach === true;
      const streams = [settings.stdout ? "stdout" : "", settings.stderr ? "stderr" : ""];
      const live = isDetached ? undefined : exec.output.follow(streams);
      const size = sizeIn(objectIn(body).ConsoleSize);
      exec.start(engine.programOf(exec.container, settings.args), size);
      if (!live) return OK;
      const input = settings.stdin ? inputTo(stdin, () => settings.tty || stdin.end()) : undefined;
      return hijacked(live, settings.tty, upgrade, input);
    },
  },
  ExecInspect: {
    answer: ({ target }, engine) => {
      const exec = engine.exec(target);
      const { args, privileged, stderr, stdin, stdout, tty, user } = exec.settings;
      const [entrypoint, ...rest] = args;
      const body = {
        ID: exec.id,
        Running: exec.isRunning,
        ExitCode: exec.exitCode ?? null,
        ProcessConfig: { tty, entrypoint, arguments: rest, privileged, ...(user === "" ? {} : { user }) },
        ...{ OpenStdin: stdin, OpenStderr: stderr, OpenStdout: stdout, CanRemove: false },
        ContainerID: exec.container.id,
        DetachKeys: "",
        Pid: exec.isRunning ? 1001 : 0,
      };
      return { status: 200, body };
    },
  },
  ExecResize: {
    options: ["h", "w"],
    answer: ({ target, query }, engine) => {
      const { process, isRunning, id } = engine.exec(target);
      const [rows, columns] = sizeOf(query.number("h"), query.number("w"));
      if (!isRunning) throw new Refusal(409, `exec ${id} is not running`);
      process?.resize(columns, rows);
      return OK;
    },
  },
} satisfies Partial<Record<OperationId, FakeOperation>>;

const sizeIn = (size: unknown): readonly number[] | undefined => (Array.isArray(size) ? size : undefined);

const streamsOf = (query: Query): string[] => ["stdout", "stderr"].filter((stream) => query.flag(stream));

/** No time, or 0, means the end of time. */
function untilOf(query: Query): number {
  const until = query.time("until") ?? 0n;
  return until === 0n ? Number.POSITIVE_INFINITY : Number(until / NANOS_PER_MS);
}

const hijacked = (
  body: AsyncIterable<MockedOutput>,
  raw: boolean,
  upgrade: boolean,
  input: Writable | undefined,
): FakeAnswer => ({ status: upgrade ? 101 : 200, body, raw, input });

async function* both(
  first: AsyncIterable<MockedOutput> | undefined,
  second: AsyncIterable<MockedOutput> | undefined,
): AsyncGenerator<MockedOutput> {
  if (first) yield* first;
  if (second) yield* second;
}

/** Passes a client's input on to a process, which may no longer read it. */
function inputTo(stdin: PassThrough, atEnd: () => unknown): Writable {
  return new Writable({
    write: (chunk, _encoding, done) => {
      if (stdin.destroyed || stdin.writableEnded) done();
      else stdin.write(chunk, () => done());
    },
    destroy: (_error, done) => {
      atEnd();
      done(null);
    },
    final: (done) => {
      atEnd();
      done();
    },
  });
}
