import { randomBytes } from "node:crypto";

/** A new ID in an Engine's form. */
export const newId = (): string => randomBytes(32).toString("hex");

const SHORTEST = 1;

/** Finds by ID, by name, or by the unique beginning of an ID. */
export function findIn<Item extends { readonly id: string; readonly name: string }>(
  items: Iterable<Item>,
  reference: string,
): Item | undefined {
  const all = [...items];
  const exact = all.find(({ id, name }) => id === reference || name === reference);
  if (exact) return exact;
  const begun = all.filter(({ id }) => reference.length >= SHORTEST && id.startsWith(reference));
  return begun.length === 1 ? begun[0] : undefined;
}
