import type { Operation } from "#generated/operations.js";
import { ArgumentError } from "../../../../src/index.js";
import { writeParameters } from "../../../../src/operation/prepare/parameters.js";

const operation: Operation = {
  id: "Sample",
  method: "POST",
  path: "/sample",
  kind: "none",
  query: {
    text: "text",
    "one-shot": "text",
    filters: "json",
    names: "repeat",
    list: "comma",
    platforms: "repeat-json",
  },
  headers: { "X-Registry-Auth": "base64url", "X-Plain": "text" },
  required: [],
  body: "application/json",
  successes: [],
  failures: [],
};

describe("a query", () => {
  test.each<{ given: Record<string, unknown>; want: string }>([
    { given: {}, want: "" },
    { given: { text: "a b&c=d/é" }, want: "text=a%20b%26c%3Dd%2F%C3%A9" },
    {
      given: { platforms: [{ os: "linux", architecture: "arm" }, "windows/amd64"] },
      want: "platforms=%7B%22os%22%3A%22linux%22%2C%22architecture%22%3A%22arm%22%7D&platforms=%7B%22os%22%3A%22windows%22%2C%22architecture%22%3A%22amd64%22%7D",
    },
    { given: { platforms: [] }, want: "" },
    { given: { text: true, "one-shot": false }, want: "text=true&one-shot=false" },
    { given: { text: 0 }, want: "text=0" },
    { given: { text: 12345678901234567890n }, want: "text=12345678901234567890" },
    { given: { text: "" }, want: "text=" },
    { given: { text: undefined, filters: null }, want: "" },
    { given: { filters: { label: ["a=b"] } }, want: `filters=${encodeURIComponent('{"label":["a=b"]}')}` },
    { given: { names: ["a", "b:1"] }, want: "names=a&names=b%3A1" },
    { given: { names: "a" }, want: "names=a" },
    { given: { names: [] }, want: "" },
    { given: { list: ["a", 1] }, want: "list=a%2C1" },
    { given: { text: "x", body: { any: 1 } }, want: "text=x" },
  ])("of $given is $want", ({ given, want }) => {
    expect(writeParameters(operation, given)).toEqual({ query: want, headers: {} });
  });
});

describe("a header", () => {
  test("with credentials is base64url of JSON, with padding", () => {
    const auth = { username: "test", password: "s3cret:+/pass??>>" };
    const { headers } = writeParameters(operation, { "X-Registry-Auth": auth });
    const value = headers["X-Registry-Auth"] ?? "";
    expect(value).toMatch(/^[A-Za-z0-9_-]+=*$/);
    expect(value.length % 4).toBe(0);
    expect(JSON.parse(Buffer.from(String(value), "base64url").toString())).toEqual(auth);
  });

  test("as text stays as it is", () => {
    expect(writeParameters(operation, { "X-Plain": "a" }).headers).toEqual({ "X-Plain": "a" });
  });
});

describe("an option is refused that", () => {
  const cycle: Record<string, unknown> = {};
  cycle.self = cycle;
  test.each<{ why: string; given: Record<string, unknown>; message: string }>([
    {
      why: "the operation does not have",
      given: { limt: 1 },
      message: "Sample: the option limt is unknown. Known options: text",
    },
    {
      why: "is an object where text goes",
      given: { text: {} },
      message: "must be a string, finite number or boolean",
    },
    {
      why: "is not a number",
      given: { text: Number.NaN },
      message: "must be a string, finite number or boolean",
    },
    {
      why: "is text where JSON goes",
      given: { filters: "label=a" },
      message: 'must be an object, not "label=a"',
    },
    { why: "has a cycle", given: { filters: cycle }, message: "cannot be written as JSON" },
    { why: "holds an object in a list", given: { names: [{}] }, message: "must be a string" },
    { why: "is broken Unicode", given: { text: "\ud800" }, message: "must be a string" },
    {
      why: "has a newline in a header",
      given: { "X-Plain": "a\r\nX-Evil: 1" },
      message: "has a value that HTTP does not allow in a header",
    },
  ])("$why", ({ given, message }) => {
    expect(() => writeParameters(operation, given)).toThrow(ArgumentError);
    expect(() => writeParameters(operation, given)).toThrow(message);
  });

  test("is missing though required", () => {
    const strict = { ...operation, required: ["text"] };
    expect(() => writeParameters(strict, {})).toThrow("Sample: the option text is required");
    expect(() => writeParameters(strict, { text: null })).toThrow("Sample: the option text is required");
  });

  test("is a secret, which the message does not repeat", () => {
    expect(() => writeParameters(operation, { "X-Plain": "hunter2\n" })).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining("hunter2") }),
    );
  });
});
