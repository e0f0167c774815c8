import type { OpenAPI3, OperationObject, ParameterObject, SchemaObject } from "openapi-typescript";

/** An OpenAPI 3.1 document, after conversion. */
export type OpenApi = OpenAPI3;

/** An operation with the extensions our overlays add. */
export type Operation = OperationObject & {
  /** An extension that tools for API references know. */
  "x-codeSamples"?: readonly { readonly lang: string; readonly source: string }[];
  readonly "x-response-kind"?: string;
  readonly "x-positional"?: readonly string[];
  readonly "x-upgrade"?: string;
  readonly "x-single-when"?: Readonly<Record<string, unknown>>;
  readonly "x-terminal"?: { readonly operation: string; readonly field: readonly string[] };
};

/** A parameter with the extensions our overlays add. */
export type Parameter = ParameterObject & {
  readonly schema?: SchemaObject;
  readonly "x-encoding"?: string;
  readonly "x-since"?: string;
  readonly "x-several-since"?: string;
};

/** The methods of a path item, in OpenAPI's order. */
const httpMethods = ["get", "put", "post", "delete", "options", "head", "patch", "trace"] as const;

/** An operation and its place in the document. */
export interface PlacedOperation {
  readonly path: string;
  readonly method: (typeof httpMethods)[number];
  readonly operation: Operation;
}

/** All operations of a document, in the order of its paths. */
export function operationsOf(document: OpenApi): PlacedOperation[] {
  return Object.entries(document.paths ?? {}).flatMap(([path, item]) =>
    httpMethods.flatMap((method) => {
      const operation = (item as Readonly<Record<string, Operation | undefined>>)[method];
      return operation ? [{ path, method, operation }] : [];
    }),
  );
}

/** Resolves a reference within the document. */
export function resolve(document: OpenApi, ref: string): unknown {
  const steps = ref
    .split("/")
    .slice(1)
    .map((step) => step.replaceAll("~1", "/").replaceAll("~0", "~"));
  return steps.reduce<unknown>((at, step) => (isObject(at) ? at[step] : undefined), document);
}

/** The name of the schema that a reference points to. */
export const schemaName = (ref: string): string | undefined =>
  /^#\/components\/schemas\/(.+)$/.exec(ref)?.[1];

/** A deep copy without shared parts: YAML aliases become separate values. */
export const copyOf = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
