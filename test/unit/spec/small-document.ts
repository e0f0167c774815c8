import type { OpenApi } from "../../../scripts/spec/openapi.js";

const schema = (value: object) => ({ content: { "application/json": { schema: value } } });

/** An operation that the model accepts, with what is given over it. */
export const operation = (over: object = {}): object => ({
  operationId: "BoxList",
  summary: "Lists boxes.",
  "x-response-kind": "json",
  responses: { 200: schema({ type: "string" }) },
  ...over,
});

/** Parameters of an operation, with what is given over them. */
export const query = (name: string, over: object = {}) => ({
  name,
  in: "query",
  schema: { type: "string" },
  ...over,
});
export const header = (name: string, over: object = {}) => ({ ...query(name, over), in: "header" });

/** A document of the given paths. */
export const documentOf = (paths: object, components: object = {}): OpenApi =>
  ({ openapi: "3.1.1", info: { title: "t", version: "9.9" }, paths, components }) as OpenApi;
