import { readWords } from "../../../../scripts/spec/emit/operation-words.js";
import type { Operation } from "../../../../scripts/spec/openapi.js";
import { documentOf, operation } from "../small-document.js";

const label = { name: "label", in: "query", description: "Label of the box." };
const requestBody = { description: "The box.", content: {} };
const responses = { 200: { description: "The list." }, 500: { description: "It failed." } };
const said = {
  parameters: [label],
  requestBody,
  responses,
  "x-codeSamples": [{ lang: "TypeScript", source: "docker.boxList();" }],
};
const shared = { Box: { ...requestBody, description: "A shared box." } };

test("reads the words on parameters, body and statuses", () => {
  expect(readWords(documentOf({}), operation(said) as Operation)).toEqual({
    parameters: { label: "Label of the box." },
    body: "The box.",
    statuses: { 200: "The list.", 500: "It failed." },
    example: "docker.boxList();",
  });
});

test("reads the words on a shared body", () => {
  const over = { ...said, requestBody: { $ref: "#/components/requestBodies/Box" } };
  const document = documentOf({ "/boxes": { post: operation(over) } }, { requestBodies: shared });
  expect(readWords(document, operation(over) as Operation).body).toBe("A shared box.");
});

test("omits what has no words", () => {
  const silent = operation({
    parameters: [{ name: "label", in: "query", description: "" }],
    responses: { 200: {} },
  });
  expect(readWords(documentOf({}), silent as Operation)).toEqual({
    parameters: {},
    body: undefined,
    statuses: {},
    example: undefined,
  });
});
