import { headerProblem, isHeaderName } from "../arguments.js";
import { ConfigError } from "../errors.js";
import { shownName } from "../quote.js";
import { configFile, configuredHeaders } from "./config-file.js";
import type { ConfigInput } from "./machine.js";

type Header = readonly [name: string, value: string];

/**
 * The headers to send with every call: DOCKER_CUSTOM_HEADERS or else HttpHeaders of config.json, overridden by the
 * options'. Only the options can set User-Agent: elsewhere the CLI replaces it with its own, and old releases left
 * theirs in config.json.
 */
export function resolveHeaders(input: ConfigInput): Readonly<Record<string, string>> {
  const { DOCKER_CUSTOM_HEADERS: custom } = input.env;
  const shared = custom ? customHeaders(custom) : headersOfFile(input);
  // Names are case-insensitive, and the last one wins.
  const headers = new Map<string, Header>();
  for (const header of shared) headers.set(header[0].toLowerCase(), header);
  headers.delete("user-agent");
  for (const header of Object.entries(input.options.headers ?? {}))
    headers.set(header[0].toLowerCase(), header);
  return Object.fromEntries(headers.values());
}

/** Refuses invalid headers. @throws {ConfigError} there is one */
export function checkHeaders(headers: readonly Header[], source: string): void {
  headers.forEach(([name, value], index) => {
    const problem = headerProblem(name, value);
    const header = isHeaderName(name) ? `header ${shownName(name)}` : `header number ${index + 1}`;
    if (problem !== undefined) throw new ConfigError(`The ${header} of ${source} ${problem}.`);
  });
}

function headersOfFile(input: ConfigInput): readonly Header[] {
  const headers = configuredHeaders(input);
  checkHeaders(headers, `HttpHeaders in ${configFile(input)}`);
  return headers;
}

/** The message names no header: the part of a token after a comma would look like the next name. */
function customHeaders(text: string): readonly Header[] {
  const headers = parseCustomHeaders(text);
  headers.forEach(([name, value], index) => {
    const problem = headerProblem(name, value);
    if (problem === undefined) return;
    throw new ConfigError(`The header in field ${index + 1} of DOCKER_CUSTOM_HEADERS ${problem}.`);
  });
  return headers;
}

/** `Name=value` fields of one CSV record; a value may contain "=". */
function parseCustomHeaders(text: string): Header[] {
  const fields = parseCsvRecord(text);
  if (!fields) throw wrongForm("is not a valid CSV record");
  return fields.map((field, index) => {
    const [, name, value] = /^([^=]*)=(.*)$/s.exec(field) ?? [];
    if (name === undefined || value === undefined) throw wrongForm(`has no "=" in field ${index + 1}`);
    return [name.trim(), value.trim()];
  });
}

/**
 * The fields of one CSV record as in RFC 4180: a field with a comma is quoted, and quotes within it are doubled.
 * Undefined if the text is not in that form.
 */
export function parseCsvRecord(text: string): string[] | undefined {
  if (!/^(?:"(?:[^"]|"")*"|[^",]*)(?:,(?:"(?:[^"]|"")*"|[^",]*))*$/.test(text)) return undefined;
  return Array.from(`,${text}`.matchAll(/,(?:"((?:[^"]|"")*)"|([^",]*))/g), ([, quoted, plain = ""]) =>
    quoted === undefined ? plain : quoted.replaceAll('""', '"'),
  );
}

/** Values are not shown: they are often tokens. */
function wrongForm(problem: string): ConfigError {
  return new ConfigError(
    `DOCKER_CUSTOM_HEADERS ${problem}. Write name=value,name=value, with quotes around a pair that contains a comma: ` +
      '"name=one,two".',
  );
}
