import type { Description } from "./description.js";
import type { Exchange } from "./exchange.js";
import type { JsonSchema } from "./strict.js";
import { Validator } from "./validator.js";

const json = (schema: JsonSchema) => ({ content: { "application/json": { schema } } });
const error = json({ type: "object", required: ["message"], properties: { message: { type: "string" } } });

const description: Description = {
  components: {
    schemas: {
      Thing: {
        type: "object",
        required: ["Id"],
        properties: {
          Id: { type: "string" },
          Size: { type: "integer", format: "uint16" },
          Created: { type: "string", format: "date-time" },
          Parts: { type: ["array", "null"], items: { $ref: "#/components/schemas/Part" } },
          Names: { type: "array", items: { type: "string" } },
          Labels: { type: "object", additionalProperties: { type: "string" } },
        },
      },
      Part: { type: "object", properties: { Kind: { enum: ["a", "b"] } } },
    },
  },
  paths: {
    "/thing": {
      get: {
        operationId: "ThingInspect",
        "x-response-kind": "json",
        responses: { "200": json({ $ref: "#/components/schemas/Thing" }), "404": error },
      },
      head: { operationId: "ThingHead", "x-response-kind": "none", responses: { "200": {}, "404": error } },
      post: { operationId: "ThingStart", "x-response-kind": "none", responses: { "204": {} } },
    },
    "/things": {
      get: {
        operationId: "ThingEvents",
        "x-response-kind": "json-lines",
        responses: { "200": json({ $ref: "#/components/schemas/Thing" }), "404": error },
      },
    },
    "/tar": {
      get: {
        operationId: "ThingExport",
        "x-response-kind": "tar",
        responses: { "200": { content: { "application/x-tar": {} } } },
      },
    },
  },
};

const validator = new Validator(description);

const answered = (given: Partial<Exchange>): Exchange => ({
  engine: "containerd",
  operation: "ThingInspect",
  status: 200,
  mediaType: "application/json",
  whole: true,
  test: "a test",
  ...given,
});

test.each<{ what: string; given: Partial<Exchange>; want: string[] }>([
  {
    what: "an answer as described",
    given: {
      body: '{"Id":"a","Size":65535,"Created":"0001-01-01T00:00:00Z","Parts":[{"Kind":"a"}],"Labels":{"x":"y"}}',
    },
    want: [],
  },
  { what: "null where it may be", given: { body: '{"Id":"a","Parts":null}' }, want: [] },
  {
    what: "null where it may not be",
    given: { body: '{"Id":"a","Names":null}' },
    want: ["ThingInspect 200: Names must be array"],
  },
  {
    what: "a required field that is not sent",
    given: { body: "{}" },
    want: ["ThingInspect 200: the body must have required property 'Id'"],
  },
  {
    what: "a further field",
    given: { body: '{"Id":"a","ID":"a"}' },
    want: ["ThingInspect 200: the Engine sends a field the description lacks: ID"],
  },
  {
    what: "the same further field of several items, each time",
    given: { body: '{"Id":"a","Parts":[{"More":1},{"More":2}]}' },
    want: Array(2).fill("ThingInspect 200: the Engine sends a field the description lacks: Parts/[]/More"),
  },
  {
    what: "a value that is not one of a set",
    given: { body: '{"Id":"a","Parts":[{"Kind":"c"}]}' },
    want: ["ThingInspect 200: Parts/[]/Kind must be equal to one of the allowed values"],
  },
  {
    what: "a number out of its format's range",
    given: { body: '{"Id":"a","Size":65536}' },
    want: ['ThingInspect 200: Size must match format "uint16"'],
  },
  {
    what: "an invalid time",
    given: { body: '{"Id":"a","Created":""}' },
    want: ['ThingInspect 200: Created must match format "date-time"'],
  },
  {
    what: "an undeclared status",
    given: { status: 409, body: '{"message":"x"}' },
    want: ["ThingInspect 409: the description lacks this status"],
  },
  { what: "an error as described", given: { status: 404, body: '{"message":"x"}' }, want: [] },
  {
    what: "an error with a further field",
    given: { status: 404, body: '{"message":"x","code":1}' },
    want: ["ThingInspect 404: the Engine sends a field the description lacks: code"],
  },
  {
    what: "an undeclared media type",
    given: { mediaType: "text/plain", body: "hello" },
    want: ["ThingInspect 200: the description lacks the media type text/plain"],
  },
  {
    what: "a body that is not JSON",
    given: { body: "hello" },
    want: ["ThingInspect 200: the body is not JSON"],
  },
  { what: "a body of which not all was read", given: { body: '{"Id', whole: false }, want: [] },
  {
    what: "a body where none is described",
    given: { operation: "ThingStart", status: 204, mediaType: undefined, body: "hello" },
    want: ["ThingStart 204: the description has no body"],
  },
  {
    what: "none where none is described",
    given: { operation: "ThingStart", status: 204, mediaType: undefined, body: "" },
    want: [],
  },
  { what: "an answer to HEAD", given: { operation: "ThingHead", status: 404, body: "" }, want: [] },
  { what: "records", given: { operation: "ThingEvents", body: '{"Id":"a"}\n\n{"Id":"b"}\n' }, want: [] },
  {
    what: "a wrong record",
    given: { operation: "ThingEvents", body: '{"Id":"a"}\n{"Id":1}\n' },
    want: ["ThingEvents 200: Id must be string"],
  },
  {
    what: "records that were left early",
    given: { operation: "ThingEvents", body: '{"Id":"a"}\n{"I', whole: false },
    want: [],
  },
  {
    what: "records without a media type, of which one is described",
    given: { operation: "ThingEvents", mediaType: undefined, body: '{"ID":"a","Id":"a"}' },
    want: ["ThingEvents 200: the Engine sends a field the description lacks: ID"],
  },
  {
    what: "an error where records are described",
    given: { operation: "ThingEvents", status: 404, body: '{\n"message":"x"}' },
    want: [],
  },
  {
    what: "a tar",
    given: { operation: "ThingExport", mediaType: "application/x-tar", body: undefined, whole: false },
    want: [],
  },
  {
    what: "an operation that does not exist",
    given: { operation: "ThingDelete" },
    want: ["ThingDelete is not in the description"],
  },
])("$what", ({ given, want }) => {
  expect(validator.validate(answered(given)).map(({ problem }) => problem)).toEqual(want);
});

test("a finding has an example of what was sent", () => {
  const [finding] = validator.validate(answered({ body: '{"Id":"a","Parts":[{"More":{"deep":1}}]}' }));
  expect(finding?.example).toBe('{"deep":1}');
});
