import { parseJson } from "../streams/index.js";
import type { InProcessRequest } from "../transport/index.js";

/** A call that a mocked Engine received. */
export interface MockedCall {
  /** The method of Docker that was called, such as "containerList". */
  readonly operation: string;
  /** HTTP method. */
  readonly method: string;
  /** Without the API version. */
  readonly path: string;
  /** Parameters of the query, as sent. */
  readonly query: URLSearchParams;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** The value of JSON, with a bigint for integers a number would round; a Buffer for other bodies; undefined if none. */
  readonly body: unknown;
}

/** The Docker method of an operation. */
export const methodOf = (operationId: string): string =>
  operationId.charAt(0).toLowerCase() + operationId.slice(1);

/** Reads a client's request. */
export function readCall({ operation, method, url, headers, body }: InProcessRequest): MockedCall {
  const [path = "", query] = url.split(/\?(.*)/s, 2);
  const seen: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) seen[name.toLowerCase()] = [value].flat().join(", ");
  return {
    operation: methodOf(operation),
    method,
    path: path.replace(/^\/v\d+\.\d+(?=\/)/, ""),
    query: new URLSearchParams(query),
    headers: seen,
    body: body && readBody(Buffer.from(body), seen["content-type"]),
  };
}

const readBody = (bytes: Buffer, type: string | undefined): unknown =>
  type === "application/json" ? parseJson(bytes.toString("utf8")) : bytes;
