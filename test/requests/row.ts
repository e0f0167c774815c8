import type { OperationId } from "#generated/operations.js";
import type { Call, Docker } from "../../src/index.js";

/** What is to be on the wire beyond the request line. */
export interface Rest {
  /** The JSON value of the body. */
  readonly json?: unknown;
  /** The bytes of a body of known length, as text; its type is application/x-tar. */
  readonly tar?: string;
  /** The bytes of a body that is streamed, as text; its type is application/x-tar. */
  readonly stream?: string;
  /** Headers beyond those that follow from the body. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** A call, the request line it gives without the version, and the rest. All of it is written by hand. */
export type Row = readonly [call: (docker: Docker) => Call<unknown>, line: string, rest?: Rest];

export type Table = { readonly [Id in OperationId]?: readonly Row[] };

/** The headers of a request for an upgraded connection. */
export const upgradeTo = (protocol: string) => ({ connection: "Upgrade", upgrade: protocol });

/** A login whose base64url needs padding, - and _, and how it is sent. */
export const login = { username: "ada", password: "~~~???>>>é", serveraddress: "r.example:5000" };
export const sentLogin =
  "eyJ1c2VybmFtZSI6ImFkYSIsInBhc3N3b3JkIjoifn5-Pz8_Pj4-w6kiLCJzZXJ2ZXJhZGRyZXNzIjoici5leGFtcGxlOjUwMDAifQ==";
