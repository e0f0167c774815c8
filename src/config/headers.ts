import { headerProblem, isHeaderName } from "../arguments.js";
import { ConfigError } from "../errors.js";
import { configFile, configuredHeaders } from "./config-file.js";
import type { ConfigInput } from "./machine.js";

type Header = readonly [name: string, value: string];

/**
 * The headers to send with every call: DOCKER_CUSTOM_HEADERS or else HttpHeaders of config.json, and over them those
 * of the options. A User-Agent is taken from the options only: the CLI replaces it with its own elsewhere, and old
 * releases left theirs in config.json.
 */
export function resolveHeaders(input: ConfigInput): Readonly<Record<string, string>> {
  const { DOCKER_CUSTOM_HEADERS: custom } = input.env;
  const shared = custom ? customHeaders(custom) : headersOfFile(input);
  // A name is the same in any case, and the last one wins.
  const headers = new Map<string, Header>();
  for (const header of shared) headers.set(header[0].toLowerCase(), header);
  headers.delete("user-agent");
  for (const header of Object.entries(input.options.headers ?? {}))
    headers.set(header[0].toLowerCase(), header);
  return Object.fromEntries(headers.values());
}

/** Refuses headers that cannot be sent. @throws {ConfigError} */
export function checkHeaders(headers: readonly Header[], source: string): void {
  headers.forEach(([name, value], index) => {
    const problem = headerProblem(name, value);
    const header = isHeaderName(name) ? `header ${name}` : `header number ${index + 1}`;
    if (problem !== undefined) throw new ConfigError(`The ${header} of ${source} ${problem}.`);
  });
}

function headersOfFile(input: ConfigInput): readonly Header[] {
  const headers = configuredHeaders(input);
  checkHeaders(headers, `HttpHeaders in ${configFile(input)}`);
  return headers;
}

/** None is named: what follows a comma in a token is taken for the name of the next one. */
function customHeaders(text: string): readonly Header[] {
  const headers = parseCustomHeaders(text);
  headers.forEach(([name, value], index) => {
    const problem = headerProblem(name, value);
    if (problem === undefined) return;
    throw new ConfigError(`The header in field ${index + 1} of DOCKER_CUSTOM_HEADERS ${problem}.`);
  });
  return headers;
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

/**
 * The fields of one CSV record as RFC 4180 has it: a field with a comma stands in quotes, a quote within those is
 * doubled. Undefined if the text is not of that form.
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
    `DOCKER_CUSTOM_HEADERS ${problem}. Write name=value,name=value, with quotes around a pair that has a comma: ` +
      '"name=one,two".',
  );
}
