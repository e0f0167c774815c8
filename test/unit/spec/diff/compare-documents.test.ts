import type { Change } from "../../../../scripts/spec/diff/change.js";
import { diffDocuments } from "../../../../scripts/spec/diff/compare-documents.js";
import { documentOf, operation } from "../small-document.js";

const json = (schema: object) => ({ content: { "application/json": { schema } } });
const text = { type: "string" };
const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` });
const one = (over: object = {}, path = "/boxes/json") => ({ [path]: { get: operation(over) } });
const query = (name: string, over: object = {}) => ({ name, in: "query", schema: text, ...over });

/** Each change in one line. */
const lines = (changes: readonly Change[]): string[] =>
  changes.map(
    ({ level, subject, action, place, detail }) => `${level} ${subject} ${action} ${place}: ${detail}`,
  );

const diffPaths = (before: object, after: object): string[] =>
  lines(diffDocuments(documentOf(before), documentOf(after)));

describe("operations", () => {
  test.each([
    { given: "the same", before: one(), after: one(), want: [] },
    {
      given: "our words and the docs' addresses",
      before: one({ summary: "Old." }),
      after: one({ summary: "New.", description: "d", externalDocs: { url: "u" } }),
      want: [],
    },
    {
      given: "one more",
      before: one(),
      after: { ...one(), ...one({ operationId: "BoxTop" }, "/boxes/top") },
      want: ["minor operation added BoxTop: GET /boxes/top"],
    },
    {
      given: "one less",
      before: { ...one(), ...one({ operationId: "BoxTop" }, "/boxes/top") },
      after: one(),
      want: ["major operation removed BoxTop: was GET /boxes/top"],
    },
    {
      given: "one that is renamed",
      before: one(),
      after: one({ operationId: "BoxesAll" }),
      want: ["major operation changed BoxList: now named BoxesAll"],
    },
    {
      given: "one at another path",
      before: one(),
      after: one({}, "/boxes/all"),
      want: ["patch operation changed BoxList: from GET /boxes/json to GET /boxes/all"],
    },
    {
      given: "another response kind",
      before: one(),
      after: one({ "x-response-kind": "json-lines" }),
      want: ["major operation changed BoxList: from json to json-lines"],
    },
    {
      given: "a deprecation",
      before: one(),
      after: one({ deprecated: true }),
      want: ["minor operation changed BoxList: deprecated"],
    },
    {
      given: "a deprecation taken back",
      before: one({ deprecated: true }),
      after: one(),
      want: ["patch operation changed BoxList: no longer deprecated"],
    },
    {
      given: "a path parameter more",
      before: one(),
      after: one({ parameters: [{ name: "id", in: "path", required: true, schema: text }] }, "/boxes/{id}"),
      want: [
        "patch operation changed BoxList: from GET /boxes/json to GET /boxes/{id}",
        "major operation changed BoxList: from () to (id)",
      ],
    },
    {
      given: "a parameter that becomes an argument of its own",
      before: one({ parameters: [query("all"), query("size")] }),
      after: one({ parameters: [query("all"), query("size")], "x-positional": ["all"] }),
      want: ["major operation changed BoxList: its own arguments, from () to (all)"],
    },
  ])("differ by $given", ({ before, after, want }) => {
    expect(diffPaths(before, after)).toEqual(want);
  });
});

describe("parameters", () => {
  const all = query("all");
  test.each([
    {
      given: "an optional one more",
      before: [all],
      after: [all, query("size")],
      want: ["minor parameter added BoxList(size): query, optional"],
    },
    {
      given: "the first option, which moves the request argument",
      before: [],
      after: [all],
      want: [
        "major operation changed BoxList: its request argument now follows options",
        "minor parameter added BoxList(all): query, optional",
      ],
    },
    {
      given: "the last option gone",
      before: [all],
      after: [],
      want: [
        "major operation changed BoxList: its request argument no longer follows options",
        "major parameter removed BoxList(all): query",
      ],
    },
    {
      given: "a required one more",
      before: [all],
      after: [all, query("size", { required: true })],
      want: ["major parameter added BoxList(size): query, required"],
    },
    {
      given: "one that became required",
      before: [all],
      after: [query("all", { required: true })],
      want: ["major parameter changed BoxList(all): now required"],
    },
    {
      given: "one that became optional",
      before: [query("all", { required: true })],
      after: [all],
      want: ["minor parameter changed BoxList(all): now optional"],
    },
    {
      given: "one that is deprecated",
      before: [all],
      after: [query("all", { deprecated: true })],
      want: ["minor parameter changed BoxList(all): deprecated"],
    },
    {
      given: "another type",
      before: [all],
      after: [query("all", { schema: { type: "boolean" } })],
      want: ["major field changed BoxList(all): from string to boolean"],
    },
    {
      given: "a wider type",
      before: [all],
      after: [query("all", { schema: { type: ["string", "number"] } })],
      want: ["minor field changed BoxList(all): from string to number | string"],
    },
    {
      given: "JSON where there was text",
      before: [query("platform")],
      after: [{ name: "platform", in: "query", ...json({ type: "object", properties: { os: text } }) }],
      want: [
        "major field changed BoxList(platform): from string to object",
        "minor field added BoxList(platform).os: optional",
      ],
    },
    {
      given: "another default",
      before: [query("all", { schema: { ...text, default: "a" } })],
      after: [query("all", { schema: { ...text, default: "b" } })],
      want: ['minor field changed BoxList(all): from "a" to "b"'],
    },
    {
      given: "one of the same name elsewhere",
      before: [query("all"), query("size")],
      after: [{ ...all, in: "header" }, query("size")],
      want: [
        "major parameter removed BoxList(all): query",
        "minor parameter added BoxList(all): header, optional",
      ],
    },
  ])("differ by $given", ({ before, after, want }) => {
    expect(diffPaths(one({ parameters: before }), one({ parameters: after })).sort()).toEqual(
      [...want].sort(),
    );
  });
});

describe("request bodies", () => {
  const body = (schema: object, required = true) => ({ requestBody: { required, ...json(schema) } });
  const object = (properties: object, required: string[] = []) =>
    body({ type: "object", properties, required });
  test.each([
    {
      given: "a required one",
      before: {},
      after: body(text),
      want: ["major body added BoxList(body): required"],
    },
    {
      given: "none any more",
      before: body(text),
      after: {},
      want: ["major body removed BoxList(body): application/json"],
    },
    {
      given: "one that may be left out now",
      before: body(text),
      after: body(text, false),
      want: [
        "major operation changed BoxList: its request argument now follows options",
        "major body changed BoxList(body): now optional",
      ],
    },
    {
      given: "another media type",
      before: body(text),
      after: { requestBody: { required: true, content: { "text/plain": { schema: text } } } },
      want: ["patch body changed BoxList(body): from application/json to text/plain"],
    },
    {
      given: "an optional field more",
      before: object({}),
      after: object({ Name: text }),
      want: ["minor field added BoxList(body).Name: optional"],
    },
    {
      given: "a required field more",
      before: object({}),
      after: object({ Name: text }, ["Name"]),
      want: ["major field added BoxList(body).Name: required"],
    },
    {
      given: "a field less",
      before: object({ Name: text }),
      after: object({}),
      want: ["major field removed BoxList(body).Name: was optional"],
    },
    {
      given: "a field that became required",
      before: object({ Name: text }),
      after: object({ Name: text }, ["Name"]),
      want: ["major field changed BoxList(body).Name: now required"],
    },
    {
      given: "a field that may be null now",
      before: object({ Name: text }),
      after: object({ Name: { type: ["string", "null"] } }),
      want: ["minor field changed BoxList(body).Name: from string to null | string"],
    },
    {
      given: "a value of an enum more",
      before: object({ Lid: { ...text, enum: ["open"] } }),
      after: object({ Lid: { ...text, enum: ["open", "closed"] } }),
      want: ['minor enum added BoxList(body).Lid: "closed"'],
    },
    {
      given: "a value of an enum less",
      before: object({ Lid: { ...text, enum: ["open", "closed"] } }),
      after: object({ Lid: { ...text, enum: ["open"] } }),
      want: ['major enum removed BoxList(body).Lid: "closed"'],
    },
    {
      given: "bytes where there was text",
      before: body(text),
      after: body({ ...text, contentMediaType: "application/octet-stream" }),
      want: ["major field changed BoxList(body): from text to bytes"],
    },
  ])("differ by $given", ({ before, after, want }) => {
    expect(diffPaths(one(before), one(after))).toEqual(want);
  });
});

describe("answers", () => {
  const answer = (schema: object, over: object = {}) => ({ responses: { 200: json(schema), ...over } });
  const object = (properties: object, required: string[] = []) =>
    answer({ type: "object", properties, required });
  test.each([
    {
      given: "a failure more",
      before: answer(text),
      after: answer(text, { 404: {} }),
      want: ["minor status added BoxList -> 404: "],
    },
    {
      given: "a failure less",
      before: answer(text, { 404: {} }),
      after: answer(text),
      want: ["major status removed BoxList -> 404: "],
    },
    {
      given: "a success more, which makes the type a union",
      before: answer(text),
      after: answer(text, { 201: json({ type: "number" }) }),
      want: ["major status added BoxList -> 201: "],
    },
    {
      given: "a header more",
      before: answer(text),
      after: { responses: { 200: { ...json(text), headers: { "X-Box": {} } } } },
      want: ["minor header added BoxList -> 200 X-Box: "],
    },
    {
      given: "a header less",
      before: { responses: { 200: { ...json(text), headers: { "X-Box": {} } } } },
      after: answer(text),
      want: ["major header removed BoxList -> 200 X-Box: "],
    },
    {
      given: "a field more, required or not",
      before: object({}),
      after: object({ Name: text, Id: text }, ["Id"]),
      want: [
        "minor field added BoxList -> 200.Name: optional",
        "minor field added BoxList -> 200.Id: required",
      ],
    },
    {
      given: "a field less",
      before: object({ Name: text }),
      after: object({}),
      want: ["major field removed BoxList -> 200.Name: was optional"],
    },
    {
      given: "a field that may be absent now",
      before: object({ Name: text }, ["Name"]),
      after: object({ Name: text }),
      want: ["major field changed BoxList -> 200.Name: now optional"],
    },
    {
      given: "a field that is always there now",
      before: object({ Name: text }),
      after: object({ Name: text }, ["Name"]),
      want: ["minor field changed BoxList -> 200.Name: now required"],
    },
    {
      given: "a field that may be null now",
      before: object({ Name: text }),
      after: object({ Name: { type: ["string", "null"] } }),
      want: ["major field changed BoxList -> 200.Name: from string to null | string"],
    },
    {
      given: "a field that is never null now",
      before: object({ Name: { type: ["string", "null"] } }),
      after: object({ Name: text }),
      want: ["minor field changed BoxList -> 200.Name: from null | string to string"],
    },
    {
      given: "a value of an enum more, as sets of values are open",
      before: object({ Lid: { ...text, enum: ["open"] } }),
      after: object({ Lid: { ...text, enum: ["open", "closed"] } }),
      want: ['minor enum added BoxList -> 200.Lid: "closed"'],
    },
    {
      given: "a value of an enum less",
      before: object({ Lid: { ...text, enum: ["open", "closed"] } }),
      after: object({ Lid: { ...text, enum: ["open"] } }),
      want: ['patch enum removed BoxList -> 200.Lid: "closed"'],
    },
    {
      given: "a number of a set that is not open",
      before: object({ Size: { type: "number", enum: [1] } }),
      after: object({ Size: { type: "number", enum: [1, 2] } }),
      want: ["major enum added BoxList -> 200.Size: 2"],
    },
    {
      given: "values that are named now",
      before: object({ Lid: text }),
      after: object({ Lid: { ...text, enum: ["open"] } }),
      want: ['minor enum added BoxList -> 200.Lid: its values are named: "open"'],
    },
    {
      given: "a format, and integer for number, which the compiler does not see",
      before: object({ At: text, Size: { type: "number" } }),
      after: object({ At: { ...text, format: "date-time" }, Size: { type: "integer" } }),
      want: ['patch field changed BoxList -> 200.At: from none to {"format":"date-time"}'],
    },
    {
      given: "an integer that may be a bigint now",
      before: object({ Size: { type: "integer" } }),
      after: object({ Size: { type: "integer", "x-wide": true } }),
      want: ["major field changed BoxList -> 200.Size: from number to bigint | number"],
    },
    {
      given: "items of a list and values of a map",
      before: object({
        List: { type: "array", items: text },
        Map: { type: "object", additionalProperties: text },
      }),
      after: object({
        List: { type: "array", items: { type: "number" } },
        Map: { type: "object", additionalProperties: { type: "number" } },
      }),
      want: [
        "major field changed BoxList -> 200.List[]: from string to number",
        "major field changed BoxList -> 200.Map{}: from string to number",
      ],
    },
    {
      given: "a map that no longer allows arbitrary keys",
      before: answer({ type: "object", additionalProperties: text }),
      after: answer({ type: "object" }),
      want: ["major field changed BoxList -> 200: no longer allows arbitrary keys"],
    },
    {
      given: "an alternative more",
      before: answer({ oneOf: [text, { type: "number" }] }),
      after: answer({ oneOf: [text, { type: "number" }, { type: "boolean" }] }),
      want: ["major field changed BoxList -> 200: has 3 alternatives, had 2"],
    },
    {
      given: "any value where there was text",
      before: answer(text),
      after: answer({}),
      want: ["major field changed BoxList -> 200: from string to any"],
    },
  ])("differ by $given", ({ before, after, want }) => {
    expect(diffPaths(one(before), one(after))).toEqual(want);
  });
});

describe("named types", () => {
  const Box = { type: "object", properties: { Name: text } };
  const BoxWithLid = { type: "object", properties: { Name: text, Lid: text }, required: ["Lid"] };
  const reads = { responses: { 200: json(ref("Box")) } };
  const writes = { requestBody: { required: true, ...json(ref("Box")) }, responses: { 200: json(text) } };
  const diff = (uses: object, before: object, after: object, usesAfter: object = uses): string[] =>
    lines(
      diffDocuments(
        documentOf(one(uses), { schemas: before }),
        documentOf(one(usesAfter), { schemas: after }),
      ),
    );

  test.each([
    { given: "read", uses: reads, want: "minor field added Box.Lid: required" },
    { given: "written", uses: writes, want: "major field added Box.Lid: required" },
    { given: "both", uses: { ...writes, ...reads }, want: "major field added Box.Lid: required" },
    {
      given: "referred to by nothing, as records of a stream are,",
      uses: {},
      want: "minor field added Box.Lid: required",
    },
  ])("one that is $given is compared once, where it is defined", ({ uses, want }) => {
    expect(diff(uses, { Box }, { Box: BoxWithLid })).toEqual([want]);
  });

  test("one that is reached through another counts as that does", () => {
    const Pile = { type: "array", items: ref("Box") };
    const piles = { requestBody: { required: true, ...json(ref("Pile")) }, responses: { 200: json(text) } };
    expect(diff(piles, { Box, Pile }, { Box: BoxWithLid, Pile })).toEqual([
      "major field added Box.Lid: required",
    ]);
  });

  test("one that is renamed is gone for who imports it, but what refers to it has not changed", () => {
    const after = { responses: { 200: json(ref("Crate")) } };
    expect(diff(reads, { Box }, { Crate: Box }, after)).toEqual([
      "major type removed Box: ",
      "minor type added Crate: ",
    ]);
  });

  test("one that was written out before is compared by what it holds", () => {
    expect(diff({ responses: { 200: json(Box) } }, {}, { Box: BoxWithLid }, reads)).toEqual([
      "minor field added BoxList -> 200.Lid: required",
      "minor type added Box: ",
    ]);
  });

  test("null beside a reference is a change of the place, not of the type", () => {
    const maybe = { responses: { 200: json({ oneOf: [ref("Box"), { type: "null" }] }) } };
    expect(diff(reads, { Box }, { Box }, maybe)).toEqual([
      "major field changed BoxList -> 200: may now be null",
    ]);
    expect(diff(maybe, { Box }, { Box }, reads)).toEqual([
      "minor field changed BoxList -> 200: is no longer null",
    ]);
  });

  test("the parts of an allOf are one type", () => {
    const joined = { allOf: [ref("Box"), { type: "object", properties: { Lid: text }, required: ["Lid"] }] };
    expect(diff({}, { Box, Big: BoxWithLid }, { Box, Big: joined })).toEqual([]);
  });

  test("one that holds itself ends", () => {
    const nested = (extra: object) => ({ type: "object", properties: { Parent: ref("Box"), ...extra } });
    const renamed = { Crate: { type: "object", properties: { Parent: ref("Crate"), Lid: text } } };
    expect(diff(reads, { Box: nested({}) }, { Box: nested({ Lid: text }) })).toEqual([
      "minor field added Box.Lid: optional",
    ]);
    expect(diff(reads, { Box: nested({}) }, renamed, { responses: { 200: json(ref("Crate")) } })).toContain(
      "minor field added BoxList -> 200.Lid: optional",
    );
  });
});
