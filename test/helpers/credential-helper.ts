import { chmod, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** Installs a program `docker-credential-NAME` in a folder: a shell script, whose `$1` is the action. */
export async function installHelper(folder: string, name: string, script: string): Promise<void> {
  const program = join(folder, `docker-credential-${name}`);
  await writeFile(program, `#!/bin/sh\n${script}\n`);
  await chmod(program, 0o755);
}

/** A script that has one login, and notes each action and its input in a file beside it, a line break as a tilde. */
export const keeping = (login: { readonly Username: string; readonly Secret: string }): string =>
  [
    "input=$(tr '\\n' '~')",
    'echo "$1 $input" >>"$0.log"',
    `[ "$1" = get ] || exit 0`,
    `cat <<'JSON'\n${JSON.stringify({ ServerURL: "https://other.example", ...login })}\nJSON`,
  ].join("\n");

/** What such a script was asked, in order; nothing if it never ran. */
export async function askedOf(folder: string, name: string): Promise<string[]> {
  const log = await readFile(join(folder, `docker-credential-${name}.log`), "utf8").catch(() => "");
  return log.split("\n").filter((line) => line !== "");
}
