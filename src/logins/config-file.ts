import { chown, lstat, mkdir, readlink, realpath, stat, writeFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { type ConfigInput, configFile, readJson } from "../config/index.js";
import { ConfigError } from "../errors.js";
import { writeBeside } from "../streams/index.js";

/** Content of config.json; only the members for logins have a type. */
export interface ConfigContent {
  readonly auths?: Readonly<Record<string, object>>;
  readonly credsStore?: string;
}

/** Changes are made one at a time, so that none undoes another. */
let last: Promise<unknown> = Promise.resolve();

/**
 * Changes config.json, and keeps whatever else is in it. The file appears complete or not at all, and only its owner can
 * read it.
 *
 * @throws {ConfigError} it cannot be read or written
 */
export function changeConfigFile(
  input: ConfigInput,
  change: (content: ConfigContent) => ConfigContent,
): Promise<void> {
  const changed = last.then(() => write(input, change));
  last = changed.catch(() => undefined);
  return changed;
}

async function write(input: ConfigInput, change: (content: ConfigContent) => ConfigContent): Promise<void> {
  const file = configFile(input);
  // The CLI's format.
  const text = JSON.stringify(change(readJson(input, file) ?? {}), undefined, "\t");
  try {
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    const target = await linkTarget(file);
    const owner = await stat(target).catch(() => undefined);
    await writeBeside(target, async (partial) => {
      await writeFile(partial, text, { mode: 0o600, flag: "wx" });
      // A file that root writes for another user stays that user's.
      if (owner && process.getuid && owner.uid !== process.getuid())
        await chown(partial, owner.uid, owner.gid);
    });
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new ConfigError(`${file} cannot be written: ${why}`, { cause });
  }
}

/** The real path of a file that may be a link, even a dangling one. */
async function linkTarget(file: string): Promise<string> {
  try {
    return await realpath(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
  const isLink = await lstat(file).then(
    (found) => found.isSymbolicLink(),
    () => false,
  );
  return isLink ? linkTarget(resolve(dirname(file), await readlink(file))) : file;
}
