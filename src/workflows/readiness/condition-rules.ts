import { type Rules, rule } from "../../arguments.js";
import { isObject, isPlain } from "../../members.js";
import type { Equivalents } from "../../unknown-option.js";
import { COMMAND_EQUIVALENTS, PROCESS_RULES } from "../containers/process-options.js";
import type {
  ExecConditionOptions,
  HttpConditionOptions,
  LogConditionOptions,
  PortConditionOptions,
  ServerVerification,
} from "./conditions.js";

/** Checks of the options of each condition. */

const isWhole = (value: unknown, least: number, most: number): boolean =>
  Number.isInteger(value) && (value as number) >= least && (value as number) <= most;

export const EXIT_CODE = {
  must: "a whole number, 0 at least",
  check: (value: unknown) => isWhole(value, 0, 2 ** 32 - 1),
};

export const PORT_RULES: Rules<PortConditionOptions> = { inside: rule.boolean };

export const LOG_RULES: Rules<LogConditionOptions> = {
  times: { must: "a whole number, 1 at least", check: (value) => isWhole(value, 1, Number.MAX_SAFE_INTEGER) },
  stream: { must: '"stdout" or "stderr"', check: (value) => value === "stdout" || value === "stderr" },
};

export const HTTP_RULES: Rules<HttpConditionOptions> = {
  port: { must: "a number from 1 to 65535", check: (value) => isWhole(value, 1, 65_535) },
  status: {
    must: "a status such as 200, an array of these, or a function that accepts one",
    check: (value) =>
      typeof value === "function" ||
      ([value].flat().length > 0 && [value].flat().every((status) => isWhole(status, 100, 599))),
  },
  body: {
    must: "a RegExp or text",
    check: (value) => value instanceof RegExp || (typeof value === "string" && value !== ""),
  },
  method: {
    must: 'a method such as "GET"',
    check: (value) => typeof value === "string" && /^(?!CONNECT$)[A-Z]+$/.test(value),
  },
  headers: {
    must: 'an object such as { Authorization: "…" }',
    check: (value) => isObject(value) && isPlain(value),
    secret: true,
  },
  tls: {
    must: "true, false, or an object such as { ca }",
    check: (value) => typeof value === "boolean" || isObject(value),
    secret: true,
  },
  attemptTimeout: rule.duration,
};

export const VERIFICATION_RULES: Rules<ServerVerification> = {
  ca: {
    must: "a PEM, as text or a Buffer",
    check: (value) => (typeof value === "string" || Buffer.isBuffer(value)) && value.includes("-----BEGIN "),
    secret: true,
  },
  rejectUnauthorized: rule.boolean,
};

const ATTEMPT_TIMEOUT = {
  advice: "write attemptTimeout for each attempt; waitFor has the timeout of the wait",
};

export const HTTP_EQUIVALENTS: Equivalents = {
  statusCode: "status",
  path: { advice: "pass the path as the first argument" },
  timeout: ATTEMPT_TIMEOUT,
  https: "tls: true",
};

export const EXEC_RULES: Rules<ExecConditionOptions> = {
  env: PROCESS_RULES.env,
  user: PROCESS_RULES.user,
  workingDir: PROCESS_RULES.workingDir,
  privileged: rule.boolean,
  exitCode: EXIT_CODE,
  attemptTimeout: rule.duration,
};

export const EXEC_EQUIVALENTS: Equivalents = {
  ...COMMAND_EQUIVALENTS,
  timeout: ATTEMPT_TIMEOUT,
};
