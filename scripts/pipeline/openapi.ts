import type { OpenAPI3, OperationObject, ParameterObject, SchemaObject } from "openapi-typescript";

/** An OpenAPI 3.1 document, after conversion. */
export type OpenApi = OpenAPI3;

/** An operation with the extensions our overlays add. */
export type Operation = OperationObject & {
  readonly "x-response-kind"?: string;
  readonly "x-positional"?: readonly string[];
  readonly "x-upgrade"?: string;
};

/** A parameter with the extensions our overlays add. */
export type Parameter = ParameterObject & {
  readonly schema?: SchemaObject;
  readonly "x-encoding"?: string;
  readonly "x-since"?: string;
};

/** The methods a path item can hold, in the order OpenAPI lists them. */
export const httpMethods = ["get", "put", "post", "delete", "options", "head", "patch", "trace"] as const;
