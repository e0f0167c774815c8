import { ArgumentError } from "../../errors.js";

/** What a process starts with. */
export interface ProcessSettings {
  /** Environment variables to add to the container's. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  /** `user[:group]`, by name or number; the image's own by default. */
  readonly user?: string | undefined;
  /** The folder it starts in, an absolute path; the image's own by default. */
  readonly workingDir?: string | undefined;
  /** Gives it a terminal: then all its output is standard output. False by default. */
  readonly tty?: boolean | undefined;
}

/** Environment variables as the Engine takes them. */
export function environment(env: ProcessSettings["env"], workflow: string): string[] {
  return Object.entries(env ?? {}).flatMap(([name, value]) => {
    if (value === undefined) return [];
    if (!name || name.includes("=") || `${name}${value}`.includes("\0")) {
      throw new ArgumentError(
        `${workflow}: env has the name ${JSON.stringify(name)}, which cannot be set: a name is not empty and has no "=", ` +
          "and neither it nor its value has a NUL",
      );
    }
    return [`${name}=${value}`];
  });
}

/** Refuses a command that is one string: the Engine would look for a program of that whole name. */
export function checkCommand(cmd: unknown, workflow: string): void {
  if (Array.isArray(cmd) && cmd.every((word) => typeof word === "string")) return;
  throw new ArgumentError(
    `${workflow}: the command must be an array of strings, such as ["sh", "-c", "echo hello"], not ${JSON.stringify(cmd)}`,
  );
}
