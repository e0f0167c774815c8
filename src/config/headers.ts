import { ConfigError } from "../errors.js";
import { configFile, configuredHeaders } from "./config-file.js";
import { parseCsvRecord } from "./csv.js";
import type { ConfigInput } from "./input.js";

type Header = readonly [name: string, value: string];

/**
 * The headers to send with every call: DOCKER_CUSTOM_HEADERS or else HttpHeaders of config.json, and over them those
 * of the options. A User-Agent is taken from the options only: the CLI replaces it with its own elsewhere, and old
 * releases left theirs in config.json.
 */
export function resolveHeaders(input: ConfigInput): Readonly<Record<string, string>> {
  const { DOCKER_CUSTOM_HEADERS: custom } = input.env;
  const shared = custom
    ? checked(parseCustomHeaders(custom), "DOCKER_CUSTOM_HEADERS")
    : checked(configuredHeaders(input), `HttpHeaders of ${configFile(input)}`);
  const own = checked(Object.entries(input.options.headers ?? {}), "The option headers");
  // A name is the same in any case, and the last one wins.
  const headers = new Map<string, Header>();
  for (const header of shared) headers.set(header[0].toLowerCase(), header);
  headers.delete("user-agent");
  for (const header of own) headers.set(header[0].toLowerCase(), header);
  return Object.fromEntries(headers.values());
}

/** `Name=value` fields of one CSV record; the value may hold further "=". */
function parseCustomHeaders(text: string): Header[] {
  const fields = parseCsvRecord(text);
  if (!fields) throw wrongForm("is not a valid CSV record");
  return fields.map((field, index) => {
    const [, name, value] = /^([^=]*)=(.*)$/s.exec(field) ?? [];
    if (name === undefined || value === undefined) throw wrongForm(`has no "=" in field ${index + 1}`);
    return [name.trim(), value.trim()];
  });
}

/** Values are not shown: they are often tokens. */
function wrongForm(problem: string): ConfigError {
  return new ConfigError(
    `DOCKER_CUSTOM_HEADERS ${problem}. Wanted is name=value,name=value, with quotes around a pair that has a comma: ` +
      '"name=one,two".',
  );
}

function checked(headers: readonly Header[], source: string): readonly Header[] {
  for (const [name, value] of headers) {
    const [sound = ""] = /^[!#$%&'*+.^_`|~0-9a-z-]*/i.exec(name) ?? [];
    // What follows is not shown either: a value without its "=" ends up here.
    if (sound === "" || sound !== name) {
      throw new ConfigError(
        `${source} has a header name (${JSON.stringify(`${sound}…`)}) that HTTP does not allow.`,
      );
    }
    if (typeof value !== "string" || !/^[\t\x20-\x7e\x80-\xff]*$/.test(value)) {
      throw new ConfigError(
        `${source} has a value for ${name} that HTTP does not allow (not shown, it may be a token).`,
      );
    }
  }
  return headers;
}
