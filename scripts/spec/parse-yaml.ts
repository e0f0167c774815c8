import { type DocumentOptions, type ParseOptions, parse, type ToJSOptions } from "yaml";
import { SpecError } from "./spec-error.js";

/** Parses YAML; a syntax error names the file. */
export function parseYaml(
  text: string,
  file: string,
  options?: ParseOptions & DocumentOptions & ToJSOptions,
): unknown {
  try {
    return parse(text, options);
  } catch (cause) {
    throw new SpecError(`${file} is not YAML: ${(cause as Error).message.split("\n")[0]}`, { cause });
  }
}
