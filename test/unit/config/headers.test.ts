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
  { why: "an empty name", custom: "=hunter2", says: 'header name ("…")' },
  { why: "a name with a blank", custom: "a b=hunter2", says: 'header name ("a…")' },
  {
    why: "a colon in place of the equals sign",
    custom: "Authorization: hunter2=",
    says: '("Authorization…")',
  },
  { why: "a line break", custom: "A=1\r\nB: hunter2", says: "a value for A" },
  { why: "a character above a byte", custom: "A=hunter2€", says: "a value for A" },
  {
    why: "a bad name in the options",
    options: { "a:b": "hunter2" },
    says: 'The option headers has a header name ("a…")',
  },
  {
    why: "a bad value in the options",
    options: { A: "hunter2\0" },
    says: "The option headers has a value for A",
  },
  {
    why: "a value that is no text",
    options: { A: 1 as unknown as string },
    says: "The option headers has a value for A",
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
    says: "HttpHeaders of /home/me/.docker/config.json",
  },
])("$why is a ConfigError without the value", ({ says, ...row }) => {
  const attempt = () => resolve(row);
  expect(attempt).toThrow(ConfigError);
  expect(attempt).toThrow(says);
  expect(attempt).not.toThrow("hunter2");
});
