import { parseCsvRecord } from "../../../src/config/headers.js";
import { type ConfigOptions, resolveConfig } from "../../../src/config/index.js";
import { ConfigError } from "../../../src/index.js";
import { given } from "./given.js";

interface Row {
  why: string;
  custom?: string;
  file?: unknown;
  options?: ConfigOptions["headers"];
  want: Record<string, string>;
}

const resolve = ({ custom, file, options }: Omit<Row, "why" | "want">) =>
  resolveConfig(
    given({
      options: { headers: options },
      env: custom === undefined ? {} : { DOCKER_CUSTOM_HEADERS: custom },
      files: file === undefined ? {} : { "/home/me/.docker/config.json": JSON.stringify(file) },
    }),
  ).headers;

test.each<Row>([
  { why: "nothing is configured", want: {} },
  { why: "config.json has no headers", file: { auths: {} }, want: {} },
  { why: "config.json has headers", file: { HttpHeaders: { "X-A": "1" } }, want: { "X-A": "1" } },
  {
    why: "config.json has an old User-Agent",
    file: { HttpHeaders: { "user-agent": "Docker-Client", A: "1" } },
    want: { A: "1" },
  },
  { why: "the environment has headers", custom: "A=1,B=2", want: { A: "1", B: "2" } },
  { why: "the environment has a User-Agent", custom: "A=1,User-Agent=me", want: { A: "1" } },
  { why: "a value has an equals sign", custom: "A=x=y", want: { A: "x=y" } },
  { why: "a value has a comma", custom: '"A=1,2",B=3', want: { A: "1,2", B: "3" } },
  { why: "a value has quotes", custom: '"A=""1"""', want: { A: '"1"' } },
  { why: "there are blanks", custom: " A = 1 , B= ", want: { A: "1", B: "" } },
  { why: "a name comes twice", custom: "A=1,a=2", want: { a: "2" } },
  {
    why: "the environment replaces config.json",
    custom: "B=2",
    file: { HttpHeaders: { A: "1" } },
    want: { B: "2" },
  },
  { why: "the variable is empty", custom: "", file: { HttpHeaders: { A: "1" } }, want: { A: "1" } },
  {
    why: "the options have headers",
    options: { A: "1", "User-Agent": "me" },
    want: { A: "1", "User-Agent": "me" },
  },
  {
    why: "the options go before the environment",
    custom: "a=1,B=2",
    options: { A: "3" },
    want: { A: "3", B: "2" },
  },
  {
    why: "the options go before config.json",
    file: { HttpHeaders: { A: "1", B: "2" } },
    options: { b: "3" },
    want: { A: "1", b: "3" },
  },
])("where $why, $want is sent", ({ want, ...row }) => {
  expect(resolve(row)).toEqual(want);
});

test.each([
  { why: "a field without an equals sign", custom: "A=1,hunter2", says: 'has no "=" in field 2' },
  { why: "an empty field", custom: "A=1,", says: 'has no "=" in field 2' },
  { why: "a blank", custom: " ", says: 'has no "=" in field 1' },
  { why: "an open quote", custom: '"A=hunter2', says: "is not a valid CSV record" },
  { why: "a quote inside", custom: 'A="hunter2"', says: "is not a valid CSV record" },
  {
    why: "an empty name",
    custom: "=hunter2",
    says: "The header in field 1 of DOCKER_CUSTOM_HEADERS has a name",
  },
  { why: "a name with a blank", custom: "a b=hunter2", says: "field 1 of DOCKER_CUSTOM_HEADERS has a name" },
  {
    why: "a name that is the rest of a token",
    custom: "A=x,hunter2/Z=",
    says: "field 2 of DOCKER_CUSTOM_HEADERS has a name",
  },
  {
    why: "a token for a name, with a bad value",
    custom: "A=x,hunter2=\u0001x",
    says: "field 2 of DOCKER_CUSTOM_HEADERS has a value",
  },
  {
    why: "a framing header",
    custom: "A=x,Content-Length=5",
    says: "field 2 of DOCKER_CUSTOM_HEADERS is Content-Length",
  },
  {
    why: "a framing header in the options",
    options: { "transfer-encoding": "chunked" },
    says: "of the option headers is transfer-encoding",
  },
  {
    why: "a framing header in config.json",
    file: { HttpHeaders: { Connection: "close" } },
    says: "is Connection",
  },
  {
    why: "a colon in place of the equals sign",
    custom: "Authorization: hunter2=",
    says: "The header in field 1 of DOCKER_CUSTOM_HEADERS has a name",
  },
  {
    why: "a line break",
    custom: "A=1\r\nB: hunter2",
    says: "The header in field 1 of DOCKER_CUSTOM_HEADERS has a value",
  },
  {
    why: "a character above a byte",
    custom: "A=hunter2€",
    says: "The header in field 1 of DOCKER_CUSTOM_HEADERS has a value",
  },
  {
    why: "a bad name in the options",
    options: { "a:hunter2": "b" },
    says: "The header number 1 of the option headers has a name that HTTP does not allow",
  },
  {
    why: "a bad value in the options",
    options: { A: "hunter2\0" },
    says: "The header A of the option headers has a value that HTTP does not allow",
  },
  {
    why: "a value that is not a string",
    options: { A: 1 as unknown as string },
    says: "The header A of the option headers has a value that HTTP does not allow",
  },
  {
    why: "a list in config.json",
    file: { HttpHeaders: ["hunter2"] },
    says: "HttpHeaders of /home/me/.docker/config.json",
  },
  {
    why: "a number in config.json",
    file: { HttpHeaders: { A: 1 } },
    says: "HttpHeaders of /home/me/.docker/config.json",
  },
  {
    why: "a bad name in config.json",
    file: { HttpHeaders: { "": "hunter2" } },
    says: "The header number 1 of HttpHeaders in /home/me/.docker/config.json has a name",
  },
])("$why is a ConfigError without the value", ({ says, ...row }) => {
  const attempt = () => resolve(row);
  expect(attempt).toThrow(ConfigError);
  expect(attempt).toThrow(says);
  expect(attempt).not.toThrow("hunter2");
});

test.each([
  { given: "", want: [""] },
  { given: "a", want: ["a"] },
  { given: "a,b", want: ["a", "b"] },
  { given: ",a,,", want: ["", "a", "", ""] },
  { given: '"a,b",c', want: ["a,b", "c"] },
  { given: 'c,"a,b"', want: ["c", "a,b"] },
  { given: '"say ""hi"""', want: ['say "hi"'] },
  { given: '"",a', want: ["", "a"] },
  { given: " a , b ", want: [" a ", " b "] },
  { given: 'a"b', want: undefined },
  { given: '"a', want: undefined },
  { given: '"a"b', want: undefined },
  { given: ' "a"', want: undefined },
])("the record $given has the fields $want", ({ given, want }) => {
  expect(parseCsvRecord(given)).toEqual(want);
});
