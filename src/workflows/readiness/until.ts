import { checkOptions, describe, headerProblem } from "../../arguments.js";
import { ArgumentError } from "../../errors.js";
import { quote } from "../../quote.js";
import { redactUrl } from "../../secrets.js";
import { commandOf } from "../containers/process-options.js";
import {
  EXEC_EQUIVALENTS,
  EXEC_RULES,
  EXIT_CODE,
  HTTP_EQUIVALENTS,
  HTTP_RULES,
  LOG_RULES,
  PORT_RULES,
  VERIFICATION_RULES,
} from "./condition-rules.js";
import type {
  AnyCondition,
  Condition,
  ExecCondition,
  ExecConditionOptions,
  ExitedCondition,
  GroupCondition,
  HealthyCondition,
  HttpCondition,
  HttpConditionOptions,
  LogCondition,
  LogConditionOptions,
  PortCondition,
  PortConditionOptions,
} from "./conditions.js";
import { checkedPort } from "./port-name.js";

/** Another copy of this package may have made a condition. */
const BRAND = Symbol.for("docker-engine-sdk.Condition");

/** Marks a condition as made here, without showing when printed. */
const branded = <C extends Condition>(condition: C): C =>
  Object.freeze(Object.defineProperty(condition, BRAND, { value: true }));

/** Checks that a caller's value is a condition. @throws {ArgumentError} it is not */
export function checkedCondition(value: unknown, where: string): AnyCondition {
  if (Object(value) === value && (value as { [BRAND]?: unknown })[BRAND] === true)
    return value as AnyCondition;
  throw new ArgumentError(
    `${where} must be a condition such as until.port(80) or until.healthy(), not ${describe(value)}`,
  );
}

/** The functions that make conditions for `docker.waitFor`. All of them throw an ArgumentError for invalid arguments. */
export const until = {
  /**
   * A process listens on a port, and the port can be reached.
   *
   * A published port is tried from here, at `docker.hostOf()`. Since Docker itself accepts connections before the process
   * does, the kernel's table of sockets is also read inside the container, with `cat`. If the image lacks `cat`, a
   * connection that stays open is enough. Unpublished and UDP ports are only checked inside.
   *
   * @param port the container's port: `80`, `"80/tcp"` or `"53/udp"`
   * @param options `inside`: look only inside the container; false by default
   * @returns a condition for `docker.waitFor`
   * @throws {ArgumentError} the port or an option is invalid
   * @example
   * await docker.waitFor("db", until.port(5432), { timeout: 30_000 });
   */
  port(port: number | string, options?: PortConditionOptions): Condition {
    const { inside = false } = checkOptions(options, PORT_RULES, { where: "until.port" });
    const { number, protocol, name } = checkedPort(port, "until.port");
    if (protocol === "sctp")
      throw new ArgumentError(`until.port: ${name} cannot be looked for; only tcp and udp can`);
    return branded<PortCondition>({
      kind: "port",
      description: `port ${name}`,
      port: number,
      protocol,
      inside,
    });
  },

  /**
   * Whole lines of the container's log, written since its last start, match. The container may have exited since.
   *
   * @param pattern a RegExp, or text within a line, so without a line end
   * @param options how many lines must match, 1 by default; which stream to read
   * @returns a condition for `docker.waitFor`
   * @throws {ArgumentError} the pattern or an option is invalid
   * @example
   * // PostgreSQL's image starts the server twice.
   * await docker.waitFor("db", until.log("ready to accept connections", { times: 2 }));
   */
  log(pattern: RegExp | string, options?: LogConditionOptions): Condition {
    const { stream, times = 1 } = checkOptions(options, LOG_RULES, { where: "until.log" });
    if (!(pattern instanceof RegExp) && (typeof pattern !== "string" || pattern === "")) {
      throw new ArgumentError(`until.log: the pattern must be a RegExp or text, not ${describe(pattern)}`);
    }
    if (typeof pattern === "string" && pattern.includes("\n")) {
      throw new ArgumentError(
        `until.log: the pattern must fit in one line, not ${describe(pattern)}; wait for each line, as in until.all(until.log("a"), until.log("b"))`,
      );
    }
    const shown = typeof pattern === "string" ? quote(pattern) : String(pattern);
    const often = times === 1 ? "" : `, ${times} times`;
    const condition = { description: `log ${shown}${often}`, pattern: matcher(pattern), times, stream };
    return branded<LogCondition>({ kind: "log", ...condition });
  },

  /**
   * An HTTP request to a published port of the container succeeds. Redirects are not followed.
   *
   * @param target a path such as "/health"; or a whole URL, to ask elsewhere
   * @param options the container's port, status, body, method, headers, TLS, and the timeout of each attempt (ms)
   * @returns a condition for `docker.waitFor`
   * @throws {ArgumentError} the target or an option is invalid
   * @example
   * await docker.waitFor("web", until.http("/health", { port: 80, status: 200 }), { timeout: 30_000 });
   */
  http(target: string, options?: HttpConditionOptions): Condition {
    const checked = checkOptions(options, HTTP_RULES, { where: "until.http", equivalents: HTTP_EQUIVALENTS });
    const isUrl = typeof target === "string" && /^https?:\/\//i.test(target) && URL.canParse(target);
    if (!isUrl && !(typeof target === "string" && target.startsWith("/"))) {
      throw new ArgumentError(
        `until.http: the target must be a path such as "/health" or a URL, not ${describe(target)}`,
      );
    }
    const { body, headers = {}, method = "GET", port, status, tls } = checked;
    for (const [name, value] of Object.entries(headers)) {
      const problem = headerProblem(name, value);
      if (problem !== undefined) throw new ArgumentError(`until.http: a header ${problem}`);
    }
    if (isUrl && port !== undefined) {
      throw new ArgumentError("until.http: a URL has its own port; leave out the option port");
    }
    if (isUrl && tls && /^http:/i.test(target)) {
      throw new ArgumentError("until.http: tls needs a URL that begins with https://");
    }
    if (body !== undefined && method === "HEAD") {
      throw new ArgumentError("until.http: an answer to HEAD has no body to match");
    }
    return branded<HttpCondition>({
      kind: "http",
      description: `${method} ${isUrl ? quote(redactUrl(target)) : redactUrl(target)}${port === undefined ? "" : ` on port ${port}`}`,
      target,
      accepts: typeof status === "function" ? status : acceptor(status),
      options: { ...checked, tls: verificationOf(tls), body: body === undefined ? undefined : matcher(body) },
    });
  },

  /**
   * A command in the container exits with 0. It is run again and again, with a pause of up to a second.
   *
   * @param cmd the program and its arguments
   * @param options the exit code to wait for, environment, user, working directory, and the timeout of each attempt (ms)
   * @returns a condition for `docker.waitFor`
   * @throws {ArgumentError} the command or an option is invalid
   * @example
   * await docker.waitFor("db", until.exec(["pg_isready", "-U", "postgres"]));
   */
  exec(cmd: readonly string[], options?: ExecConditionOptions): Condition {
    const checked = checkOptions(options, EXEC_RULES, { where: "until.exec", equivalents: EXEC_EQUIVALENTS });
    const words = commandOf(cmd, "until.exec");
    if (words.length === 0)
      throw new ArgumentError("until.exec: the command is empty; pass a program and its arguments");
    // Its arguments may be secret.
    const description = `exec ${words[0]}${words.length > 1 ? " …" : ""}`;
    return branded<ExecCondition>({ kind: "exec", description, cmd: words, options: checked });
  },

  /**
   * The container's health checks succeed. An unhealthy container, and one without checks, fails the wait.
   *
   * @returns a condition for `docker.waitFor`
   * @example
   * await docker.waitFor("db", until.healthy(), { timeout: 30_000 });
   */
  healthy(): Condition {
    return branded<HealthyCondition>({ kind: "healthy", description: "healthy" });
  },

  /**
   * The container has exited, or exits.
   *
   * @param code the exit code to wait for; any other fails the wait. Any by default
   * @returns a condition for `docker.waitFor`
   * @throws {ArgumentError} the code is not an exit code
   * @example
   * await docker.waitFor("migration", until.exited(0));
   */
  exited(code?: number): Condition {
    if (code !== undefined && !EXIT_CODE.check(code)) {
      throw new ArgumentError(`until.exited: the code must be ${EXIT_CODE.must}, not ${describe(code)}`);
    }
    const description = code === undefined ? "exited" : `exited with ${code}`;
    return branded<ExitedCondition>({ kind: "exited", description, code });
  },

  /**
   * All conditions have been met, each at some time during the wait. The first that fails ends the others.
   *
   * @param conditions one or more
   * @returns a condition for `docker.waitFor`
   * @throws {ArgumentError} the list is empty, or an argument is not a condition
   * @example
   * await docker.waitFor("web", until.all(until.log(/listening/), until.http("/health", { port: 80 })));
   */
  all(...conditions: Condition[]): Condition {
    return group("all", conditions);
  },

  /**
   * One of the conditions is met, which ends the others. It fails when all have failed.
   *
   * @param conditions one or more
   * @returns a condition for `docker.waitFor`
   * @throws {ArgumentError} the list is empty, or an argument is not a condition
   * @example
   * await docker.waitFor("job", until.any(until.log(/nothing to do/), until.exited(0)));
   */
  any(...conditions: Condition[]): Condition {
    return group("any", conditions);
  },
} as const;

function group(kind: "all" | "any", conditions: readonly Condition[]): Condition {
  const where = `until.${kind}`;
  if (conditions.length === 0) throw new ArgumentError(`${where}: pass one condition at least`);
  const checked = conditions.map((condition) => checkedCondition(condition, `${where}: each argument`));
  const description = `${kind} of ${checked.map((condition) => condition.description).join("; ")}`;
  return branded<GroupCondition>({ kind, description, conditions: checked });
}

function verificationOf(tls: HttpConditionOptions["tls"]): HttpConditionOptions["tls"] {
  if (typeof tls !== "object") return tls;
  return checkOptions(tls, VERIFICATION_RULES, { where: "until.http: tls" });
}

/** With the flags g or y, a RegExp would continue where it last matched. */
function matcher(pattern: RegExp | string): RegExp {
  return typeof pattern === "string"
    ? new RegExp(pattern.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&"))
    : new RegExp(pattern.source, pattern.flags.replace(/[gy]/g, ""));
}

function acceptor(status: number | readonly number[] | undefined): (status: number) => boolean {
  if (status === undefined) return (answered) => answered >= 200 && answered <= 299;
  return (answered) => [status].flat().includes(answered);
}
