import { readWords, requireWords } from "../../../../scripts/spec/correct/words.js";
import type { Operation } from "../../../../scripts/spec/openapi.js";
import { SpecError } from "../../../../scripts/spec/spec-error.js";
import { documentOf, operation } from "../small-document.js";

const label = { name: "label", in: "query", description: "Label of the box." };
const requestBody = { description: "The box.", content: {} };
const responses = { 200: { description: "The list." }, 500: { description: "It failed." } };
const said = { parameters: [label], requestBody, responses };
const shared = { Box: { ...requestBody, description: "A shared box." } };

test("reads what is said of parameters, body and statuses", () => {
  expect(readWords(documentOf({}), operation(said) as Operation)).toEqual({
    parameters: { label: "Label of the box." },
    body: "The box.",
    statuses: { 200: "The list.", 500: "It failed." },
  });
});

test("reads what is said of a body that is shared", () => {
  const over = { ...said, requestBody: { $ref: "#/components/requestBodies/Box" } };
  const document = documentOf({ "/boxes": { post: operation(over) } }, { requestBodies: shared });
  expect(readWords(document, operation(over) as Operation).body).toBe("A shared box.");
  expect(() => requireWords(document)).not.toThrow();
});

test("leaves out what nothing is said of", () => {
  const silent = operation({
    parameters: [{ name: "label", in: "query", description: "" }],
    responses: { 200: {} },
  });
  expect(readWords(documentOf({}), silent as Operation)).toEqual({
    parameters: {},
    body: undefined,
    statuses: {},
  });
});

test("everything said is enough", () => {
  expect(() => requireWords(documentOf({ "/boxes": { get: operation(said) } }))).not.toThrow();
});

test.each([
  {
    what: "a parameter",
    over: { ...said, parameters: [label, { name: "all", in: "query" }] },
    message: "says nothing of the parameter all of BoxList.",
  },
  {
    what: "a body",
    over: { ...said, requestBody: { content: {} } },
    message: "says nothing of the body of BoxList.",
  },
  {
    what: "a status",
    over: { ...said, responses: { ...responses, 409: { description: "" } } },
    message: "says nothing of the status 409 of BoxList.",
  },
  {
    what: "several",
    over: { parameters: [{ name: "all", in: "query" }], responses: { 200: {} } },
    message: "says nothing of the parameter all of BoxList, the status 200 of BoxList.",
  },
])("$what that nothing is said of stops the build, named, with where to say it", ({ over, message }) => {
  const document = documentOf({ "/boxes": { get: operation(over) } });
  expect(() => requireWords(document)).toThrow(SpecError);
  expect(() => requireWords(document)).toThrow(message);
  expect(() => requireWords(document)).toThrow("words-statuses.yaml");
});
