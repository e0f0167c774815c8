import { inspect } from "node:util";
import { DockerError } from "../../src/errors.js";
import { plantedIn } from "./planted-secrets.js";

/**
 * Fails a test if a planted secret shows in what it prints or in any DockerError made meanwhile: in its message, stack,
 * JSON, and in what console.log and a debugger show of it and of its causes. Jest loads it before the tests of each file.
 */

const errors: Error[] = [];
const printed: string[] = [];

/** Stands between DockerError and Error: what `super()` calls is looked up at each call. */
class NotedError extends Error {
  constructor(message?: string, options?: ErrorOptions) {
    super(message, options);
    errors.push(this);
  }
}
Object.setPrototypeOf(DockerError, NotedError);

for (const stream of [process.stdout, process.stderr]) {
  const write = stream.write.bind(stream) as (...args: unknown[]) => boolean;
  stream.write = (...args: unknown[]): boolean => {
    note(String(args[0]));
    return write(...args);
  };
}
const printer = globalThis.console;
for (const level of ["debug", "error", "info", "log", "warn"] as const) {
  const print = printer[level].bind(console);
  printer[level] = (...args: unknown[]): void => {
    note(args.map(everything).join(" "));
    print(...args);
  };
}

function note(text: string): void {
  const found = plantedIn(text);
  if (found !== undefined) printed.push(found);
}

function everything(value: unknown): string {
  if (typeof value === "string") return value;
  try {
    return inspect(value, { depth: 8, showHidden: true, maxStringLength: null, maxArrayLength: null });
  } catch {
    // A revoked proxy, as a cause, shows nothing to anyone.
    return "";
  }
}

/** All that can be seen of an error. */
function seen(error: Error): string {
  return [error.message, error.stack, everything(error), json(error)].join("\n");
}

function json(error: Error): string {
  try {
    return JSON.stringify(error, (_, value) => (typeof value === "bigint" ? String(value) : value));
  } catch {
    return "";
  }
}

afterEach(() => {
  const shown = errors.splice(0).flatMap((error) => {
    const found = plantedIn(seen(error));
    return found === undefined ? [] : [`${error.name}: …${found}…`];
  });
  const all = [...shown, ...printed.splice(0).map((text) => `printed: …${text}…`)];
  if (all.length > 0) throw new Error(`A planted secret shows:\n${all.join("\n")}`);
});
