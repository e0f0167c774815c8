import { ArgumentError, ConfigError, Docker } from "../../src/index.js";
import { asMember, quote, quoteSafe, shownName } from "../../src/quote.js";

const long = "x".repeat(1_000_000);

const cut = `"${"x".repeat(100)}…"`;

test.each([
  ["plain", "app=web", '"app=web"'],
  ["with a login", "https://me:s3cret@h/x", '"https://***@h/x"'],
  ["with lines and escapes", "a\nb\x1b[2J", '"a\\nb\\u001b[2J"'],
  ["with what JSON keeps", "a\u2028b\x9bc\u202ed\x7f", '"a\\u2028b\\u009bc\\u202ed\\u007f"'],
  ["of 1 MB", long, cut],
])("text %s is quoted, short and on one line", (_, text, shown) => {
  expect(quote(text)).toBe(shown);
});

test("text that is masked already keeps what looks like a login", () => {
  expect(quoteSafe("ssh://me@host")).toBe('"ssh://me@host"');
  expect(quoteSafe(long)).toBe(cut);
});

test.each([
  ["of an option", "limit", "limit"],
  ["of a header", "X-Registry-Auth", "X-Registry-Auth"],
  ["of an image", "registry.example:5000/app@sha256:0", "registry.example:5000/app@sha256:0"],
  ["of two words", "two words", '"two words"'],
  ["that is empty", "", '""'],
  ["with a login", "https://me:s3cret@h", "https://***@h"],
  ["with lines", "a\nb", '"a\\nb"'],
  ["of 1 MB", long, cut],
])("a name %s is quoted only if it is not plain", (_, name, shown) => {
  expect(shownName(name)).toBe(shown);
});

test.each([
  ["plain", "limit", "limit"],
  ["with a hyphen", "one-shot", '"one-shot"'],
  ["of 1 MB", long, cut],
])("a member %s is written as JavaScript needs it", (_, name, shown) => {
  expect(asMember(name)).toBe(shown);
});

describe("messages show names of any length and with any character on one short line", () => {
  const names = { "one of 1 MB": long, "one with lines": "a\r\nb\u2028c\x1b[31m" };
  const connect = jest.fn(() => Promise.reject(new Error("nothing may be sent")));
  const docker = new Docker({ connect });
  afterAll(() => docker.close());

  const calls: Readonly<Record<string, (name: string) => unknown>> = {
    "an option of the client": (name) => new Docker({ [name]: 1 } as never),
    "an option of the client, beside dockerode's": (name) =>
      new Docker({ [name]: 1, socketPath: `/${name}` } as never),
    "an option tls": (name) => new Docker({ tls: { [name]: 1 } as never }),
    "a host": (name) => new Docker({ host: `x://${name}` }),
    "a host as the only argument": (name) => new Docker(`unix:///${name}` as never),
    "dockerode's host": (name) => new Docker({ host: name, port: 2375 } as never),
    "a host of @docker/node-sdk": (name) => (Docker as never as FromHost).fromDockerHost(name, name, name),
    "a header of the client": (name) => new Docker({ headers: { [name]: "\n" } }),
    "an option of an operation": (name) => docker.containerList({ [name]: 1 } as never),
    "an option of the request": (name) => docker.containerList({}, { [name]: 1 } as never),
    "an option of a workflow": (name) => docker.run("a", ["b"], { [name]: 1 } as never),
    "an image with allTags": (name) => docker.pull(`a:${name}`, { allTags: true }),
    "a filter's name": (name) => docker.containerList({ filters: { [name]: 1 } as never }),
    "a filter's value": (name) => docker.containerList({ filters: { label: name } as never }),
    "a parameter of a request": (name) => docker.request({ path: "/x", query: { [name]: Number.NaN } }),
    "a header of a request": (name) => docker.request({ path: "/x", headers: { [name]: "\n" } }),
    "a member of a body": (name) => docker.containerCreate({ [name]: { [name]: Number.NaN } } as never),
    "a registry": (name) => docker.imageBuild({ "X-Registry-Config": { [name]: 1 } } as never),
    "a member of a login": (name) => docker.imagePush("a", { "X-Registry-Auth": { [name]: 1 } } as never),
    "a member of a file": (name) => docker.copyContentIn("a", [{ path: "/x", [name]: 1 } as never]),
    "a member of a platform": (name) => docker.pull("a", { platform: { [name]: 1 } as never }),
  };

  interface FromHost {
    fromDockerHost(...args: string[]): unknown;
  }

  describe.each(Object.entries(names))("%s", (_, name) => {
    test.each(Object.entries(calls))("%s", async (_call, make) => {
      const error = await (async () => make(name))().catch((caught: unknown) => caught);
      expect([ArgumentError, ConfigError]).toContain((error as Error).constructor);
      const { message } = error as Error;
      expect(message.length).toBeLessThan(1500);
      expect(message).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}]/u);
    });
  });
});
