import { describeEndpoint, resolveConfig } from "../../../src/config/index.js";
import { ConfigError } from "../../../src/index.js";
import { makeCertificate } from "./certificates.js";
import { cliStore } from "./cli-store.js";
import { context, contextId, type Given, given } from "./given.js";

const FOLDER = "/home/me/.docker";
const meta = (name: string) => `${FOLDER}/contexts/meta/${contextId(name)}/meta.json`;

describe("a store the docker CLI wrote", () => {
  const { cert, key } = makeCertificate();
  const pems: Record<string, string> = { "ca.pem": cert, "cert.pem": cert, "key.pem": key };
  const files = Object.fromEntries(
    Object.entries(cliStore).map(([path, content]) => [
      `${FOLDER}/${path}`,
      content ?? pems[path.split("/").at(-1) ?? ""] ?? "",
    ]),
  );

  test.each<Given & { want: string; source: string }>([
    {
      options: { context: "prod" },
      want: "https://10.0.0.5:2376",
      source: 'the context "prod" (the option context)',
    },
    { options: { context: "box" }, want: "ssh://me@box", source: 'the context "box" (the option context)' },
    {
      env: { DOCKER_CONTEXT: "lax" },
      want: "https://10.0.0.6:2376",
      source: 'the context "lax" (DOCKER_CONTEXT)',
    },
    {
      env: { DOCKER_CONTEXT: "colima" },
      want: "unix:///home/me/.colima/default/docker.sock",
      source: 'the context "colima" (DOCKER_CONTEXT)',
    },
    { want: "https://10.0.0.5:2376", source: `the context "prod" (currentContext of ${FOLDER}/config.json)` },
  ])("$source is $want", ({ want, source, ...machine }) => {
    const found = resolveConfig(given({ ...machine, files }));
    expect(describeEndpoint(found.endpoint)).toBe(want);
    expect(found.source).toBe(source);
  });

  test("its TLS files are read, and left to each context", () => {
    const tls = (name: string) => resolveConfig(given({ options: { context: name }, files })).endpoint;
    const buffers = { ca: Buffer.from(cert), cert: Buffer.from(cert), key: Buffer.from(key) };
    expect(tls("prod")).toMatchObject({ tls: { ...buffers, verify: true } });
    expect(tls("lax")).toMatchObject({ tls: { verify: false } });
    expect(tls("lax")).not.toHaveProperty("tls.ca");
  });

  test("an unknown context names those there are", () => {
    const attempt = () => resolveConfig(given({ env: { DOCKER_CONTEXT: "nope" }, files }));
    expect(attempt).toThrow(ConfigError);
    expect(attempt).toThrow(
      `There is no context "nope", which DOCKER_CONTEXT names. ` +
        `Known contexts in ${FOLDER}: "default", "box", "colima", "lax", "prod".`,
    );
  });
});

test.each<{ why: string; files: Given["files"]; says: string }>([
  { why: "no JSON", files: { [meta("prod")]: "{secret" }, says: `${meta("prod")} is not valid JSON` },
  { why: "a list", files: { [meta("prod")]: "[]" }, says: `${meta("prod")} is not a JSON object` },
  {
    why: "an empty file",
    files: { [meta("prod")]: "" },
    says: `${meta("prod")} has no Endpoints.docker.Host: the context "prod" (the option context)`,
  },
  { why: "no endpoints", files: { [meta("prod")]: "{}" }, says: "has no Endpoints.docker.Host" },
  {
    why: "another endpoint",
    files: { [meta("prod")]: '{"Endpoints":{"kubernetes":{}}}' },
    says: "has no Endpoints.docker.Host",
  },
  {
    why: "an invalid endpoint",
    files: { [meta("prod")]: '{"Endpoints":{"docker":"x"}}' },
    says: "has no Endpoints.docker.Host",
  },
  { why: "an empty host", files: context("prod", { Host: "" }), says: "has no Endpoints.docker.Host" },
  {
    why: "a host that is not a string",
    files: context("prod", { Host: 5 }),
    says: "has no Endpoints.docker.Host",
  },
  {
    why: "a host we do not know",
    files: context("prod", { Host: "gopher://x" }),
    says: `The Host of ${meta("prod")} "gopher://x" has the scheme`,
  },
  {
    why: "a relative socket",
    files: context("prod", { Host: "unix://x.sock" }),
    says: "is not an absolute path",
  },
  {
    why: "a file that cannot be read",
    files: { [meta("prod")]: new Error("EACCES") },
    says: `${meta("prod")} cannot be read: EACCES`,
  },
  { why: "no store", files: {}, says: 'Known contexts in /home/me/.docker: "default".' },
  {
    why: "a store with broken neighbours",
    files: {
      ...context("a", { Host: "tcp://a" }),
      [meta("b")]: "{",
      [meta("c")]: new Error("EACCES"),
      [meta("d")]: '{"Name":5}',
    },
    says: 'Known contexts in /home/me/.docker: "default", "a".',
  },
])("$why is a ConfigError that names the file", ({ files = {}, says }) => {
  const attempt = () => resolveConfig(given({ options: { context: "prod" }, files }));
  expect(attempt).toThrow(ConfigError);
  expect(attempt).toThrow(says);
  expect(attempt).not.toThrow("secret");
});

test("a store that cannot be listed does not hide which context is unknown", () => {
  const input = given({ options: { context: "prod" } });
  const listFolder = () => {
    throw new Error("EACCES");
  };
  expect(() => resolveConfig({ ...input, listFolder })).toThrow('There is no context "prod"');
});

test("a name is never a path", () => {
  expect(() => resolveConfig(given({ options: { context: "../../x" } }))).toThrow(
    'There is no context "../../x"',
  );
});
