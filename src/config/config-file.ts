import { ConfigError } from "../errors.js";
import { isObject } from "../members.js";
import { type ConfigInput, joinPath, readJson } from "./machine.js";

/** The CLI's folder: DOCKER_CONFIG (despite its name, a folder), or `~/.docker`. */
export function configFolder(input: ConfigInput): string {
  return input.env.DOCKER_CONFIG || joinPath(input, input.home, ".docker");
}

/** The CLI's configuration file. */
export function configFile(input: ConfigInput): string {
  return joinPath(input, configFolder(input), "config.json");
}

/** The context chosen with `docker context use`. */
export function currentContext(input: ConfigInput): string | undefined {
  const name = readJson(input, configFile(input))?.currentContext ?? "";
  if (typeof name !== "string")
    throw new ConfigError(`currentContext of ${configFile(input)} must be a string.`);
  return name || undefined;
}

/** `HttpHeaders`, sent with every call. */
export function configuredHeaders(input: ConfigInput): [name: string, value: string][] {
  const headers = readJson(input, configFile(input))?.HttpHeaders ?? {};
  const entries = isObject(headers) ? Object.entries(headers) : undefined;
  if (!entries?.every((entry): entry is [string, string] => typeof entry[1] === "string")) {
    throw new ConfigError(`HttpHeaders of ${configFile(input)} must be an object of strings.`);
  }
  return entries;
}
