import type { ExecOptions } from "../containers/exec.js";

/** A condition for `docker.waitFor`; made by the functions of {@link until}. */
export interface Condition {
  /** Kind of condition. */
  readonly kind: "port" | "log" | "http" | "exec" | "healthy" | "exited" | "all" | "any";
  /** The condition in words, as in errors: "port 80/tcp". */
  readonly description: string;
}

/** Options of `until.port`. */
export interface PortConditionOptions {
  /** Only looks inside the container, although the port is published. For Engines whose ports this machine cannot reach. */
  readonly inside?: boolean | undefined;
}

/** Options of `until.log`. */
export interface LogConditionOptions {
  /** How many lines must match; 1 by default. */
  readonly times?: number | undefined;
  /** Which stream to read; both by default. With a terminal, everything is stdout. */
  readonly stream?: "stdout" | "stderr" | undefined;
}

/** Options of `until.http`. */
export interface HttpConditionOptions {
  /** The container's port, which must be published; by default its only published TCP port. Not for a whole URL. */
  readonly port?: number | undefined;
  /** The status to wait for, several of them, or a function that accepts one; any from 200 to 299 by default. */
  readonly status?: number | readonly number[] | ((status: number) => boolean) | undefined;
  /** What the answer's first MiB must contain: text, or a match for a pattern. Anything by default. */
  readonly body?: RegExp | string | undefined;
  /** "GET" by default. */
  readonly method?: string | undefined;
  /** Headers to send. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Speaks HTTPS with a path: `true`, or how to verify the server, as node:tls takes it. A URL says so itself. */
  readonly tls?: boolean | ServerVerification | undefined;
  /** Milliseconds for each attempt; 2 000 by default. */
  readonly attemptTimeout?: number | undefined;
}

/** How `until.http` verifies a server. */
export interface ServerVerification {
  /** The certificates to trust, as PEM, instead of those that come with Node. */
  readonly ca?: string | Buffer | undefined;
  /** Whether a certificate that cannot be verified is an error. True by default. */
  readonly rejectUnauthorized?: boolean | undefined;
}

/** Options of `until.exec`. */
export interface ExecConditionOptions
  extends Pick<ExecOptions, "env" | "user" | "workingDir" | "privileged"> {
  /** The exit code to wait for; 0 by default. */
  readonly exitCode?: number | undefined;
  /** Milliseconds for each attempt; 10 000 by default. The command itself keeps running after that. */
  readonly attemptTimeout?: number | undefined;
}

export interface PortCondition extends Condition {
  readonly kind: "port";
  readonly port: number;
  readonly protocol: "tcp" | "udp";
  readonly inside: boolean;
}

export interface LogCondition extends Condition {
  readonly kind: "log";
  readonly pattern: RegExp;
  readonly times: number;
  readonly stream: "stdout" | "stderr" | undefined;
}

export interface HttpCondition extends Condition {
  readonly kind: "http";
  /** A path, or a whole URL. */
  readonly target: string;
  readonly accepts: (status: number) => boolean;
  readonly options: Omit<HttpConditionOptions, "body"> & { readonly body: RegExp | undefined };
}

export interface ExecCondition extends Condition {
  readonly kind: "exec";
  readonly cmd: readonly string[];
  readonly options: ExecConditionOptions;
}

export interface HealthyCondition extends Condition {
  readonly kind: "healthy";
}

export interface ExitedCondition extends Condition {
  readonly kind: "exited";
  readonly code: number | undefined;
}

export interface GroupCondition extends Condition {
  readonly kind: "all" | "any";
  readonly conditions: readonly AnyCondition[];
}

/** A single condition. */
export type SingleCondition =
  | PortCondition
  | LogCondition
  | HttpCondition
  | ExecCondition
  | HealthyCondition
  | ExitedCondition;

export type AnyCondition = SingleCondition | GroupCondition;
