import type { Client } from "#generated/client.js";
import { StreamError } from "../errors.js";

/** The operations of an Engine that workflows are made of. */
export type EngineClient = Client;

/** The ID in an answer. @throws {StreamError} the ID is missing, so this is not a Docker Engine */
export function idOf(answer: { readonly Id: string } | null, operation: string): string {
  const id: unknown = answer?.Id;
  if (typeof id === "string" && id !== "") return id;
  throw new StreamError(`${operation}: the answer names no ID; check that a Docker Engine listens there`);
}
