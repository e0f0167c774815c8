import { isDeepStrictEqual } from "node:util";
import type { Path } from "../correct/apply-overlay.js";
import { type Corrections, converted, correct } from "../correct/correct.js";
import { resolveNullable } from "../correct/nullable.js";
import { isObject, type OpenApi } from "../openapi.js";
import type { Swagger } from "../pull/description.js";
import type { Collected } from "./collect.js";
import { parametersByName } from "./parameters-by-name.js";
import { valueAt } from "./swagger-changes.js";
import type { Told } from "./told.js";

/**
 * What a patched description does not say, though patches should: converted, it has to agree with the corrected document
 * at each place that they touch, and our corrections must make the same of it as of the published one.
 */
export async function roundTripFaults(
  published: Swagger,
  patched: Swagger,
  { document, told }: Pick<Collected, "document" | "told">,
  corrections: Corrections,
): Promise<string[]> {
  const faults: string[] = [];
  const got = parametersByName(resolveNullable(await converted(patched, ignore)));
  const wanted = parametersByName(resolveNullable(document));
  for (const one of told)
    if (!agree(got, wanted, one))
      faults.push(`converted, ${one.place.join(".")} is not as ${one.subject} has it`);
  const [before, after] = await Promise.all([correct(published, corrections), correct(patched, corrections)]);
  differences(parametersByName(before.document), parametersByName(after.document), [], faults);
  return faults;
}

const ignore = (): void => undefined;

/** Fields that only OpenAPI 3.1 or our client has words for, and sentences. */
const isUntold = (key: string, value: unknown): boolean =>
  key.startsWith("x-") || key === "deprecated" || (key === "description" && typeof value === "string");

/** Whether documents say the same of a place. */
function agree(got: OpenApi, wanted: OpenApi, { place, update, item }: Told): boolean {
  const [ours, theirs] = [valueAt(got, place), valueAt(wanted, place)].map(isFailure(place) ? anyType : same);
  if (item === undefined) return saysAlike(ours, theirs, isFailure(place) ? anyType(update) : update);
  const items = valueAt(got, place);
  return !(Array.isArray(items) && items.includes(item));
}

const isFailure = ([, , , part, status]: Path): boolean => part === "responses" && Number(status) >= 400;

const same = (value: unknown): unknown => value;

/** An answer with its body, whatever the media type: Swagger 2.0 gives failures those of the success. */
function anyType(answer: unknown): unknown {
  if (!isObject(answer)) return answer;
  const [content] = Object.values((answer.content ?? {}) as object);
  // The conversion leaves out what a body is if its operation answers with bytes.
  return { ...answer, content: content?.schema ? content : undefined };
}

/** Whether values say the same as far as an update does; of what is removed, altogether. */
function saysAlike(got: unknown, wanted: unknown, update: unknown): boolean {
  if (isBinary(wanted)) return got === undefined || isBinary(got);
  if (!isObject(update) || !isObject(got) || !isObject(wanted))
    return isDeepStrictEqual(plain(got), plain(wanted));
  return Object.keys(update)
    .filter((key) => !isUntold(key, update[key]) && !(key === "content" && got.content === undefined))
    .every((key) => {
      if (key === "nullable") return isDeepStrictEqual([got.type, got.oneOf], [wanted.type, wanted.oneOf]);
      return saysAlike(got[key], wanted[key], update[key]);
    });
}

/** OpenAPI 3.1 may leave out what a body of bytes is, and the conversion does. */
const isBinary = (value: unknown): boolean =>
  isObject(value) && value.type === "string" && value.contentMediaType === "application/octet-stream";

/** A value without what only OpenAPI 3.1 or our client has words for. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (!isObject(value)) return value;
  const kept = Object.entries(value).filter(([key, child]) => !isUntold(key, child));
  return Object.fromEntries(kept.map(([key, child]) => [key, plain(child)]));
}

/** Collects the places where values differ. The order of fields and of lists of names means nothing. */
function differences(before: unknown, after: unknown, path: readonly string[], faults: string[]): void {
  if (isDeepStrictEqual(before, after)) return;
  if (isObject(before) && isObject(after)) {
    for (const key of Object.keys({ ...before, ...after }).filter((name) => !name.startsWith("x-go-")))
      differences(before[key], after[key], [...path, key], faults);
  } else if (!isDeepStrictEqual(sorted(before), sorted(after))) {
    faults.push(
      `corrected twice, ${path.join(".")} is ${JSON.stringify(after)} instead of ${JSON.stringify(before)}`,
    );
  }
}

const sorted = (value: unknown): unknown =>
  Array.isArray(value) ? value.map((item) => JSON.stringify(item)).sort() : (value ?? []);
