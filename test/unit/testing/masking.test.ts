import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Docker } from "../../../src/index.js";
import { recordEngine } from "../../../src/testing/index.js";
import { MaskedJson } from "../../../src/testing/masked-json.js";
import { formsOf, MaskedValues } from "../../../src/testing/masked-values.js";
import { readBytes, writeBytes } from "../../../src/testing/recorded-bytes.js";
import { frame } from "../../helpers/frames.js";
import { withServer } from "../../helpers/servers.js";
import { useTemporaryFolder } from "../../helpers/temporary-folder.js";

let file: string;

useTemporaryFolder((folder) => {
  file = join(folder, "recording.jsonl");
});

const masked = (text: string, sizes = text.length): string => {
  const masker = new MaskedJson();
  const pieces: Buffer[] = [];
  for (let at = 0; at < text.length; at += sizes)
    pieces.push(masker.mask(Buffer.from(text.slice(at, at + sizes))));
  return Buffer.concat(pieces).toString();
};

test.each([
  ['{"password":"ab\\"c","user":"me"}', '{"password":"*****","user":"me"}'],
  ['{"Env":["A=1","B","C=x=y"],"Cmd":["a"]}', '{"Env":["A=*","B","C=***"],"Cmd":["a"]}'],
  [
    '{"JoinTokens":{"Worker":"ab","Manager":"cd"},"ID":"x"}',
    '{"JoinTokens":{"Worker":"**","Manager":"**"},"ID":"x"}',
  ],
  ['{"Data":"YWI=","Name":"n"}', '{"Data":"****","Name":"n"}'],
  [
    '{"GraphDriver":{"Data":{"LowerDir":"/a"},"Name":"o"}}',
    '{"GraphDriver":{"Data":{"LowerDir":"/a"},"Name":"o"}}',
  ],
  ['{"LogConfig":{"Type":"t","Config":{"a":"b"}}}', '{"LogConfig":{"Type":"t","Config":{"a":"*"}}}'],
  ['{"Config":{"Image":"i","Labels":{"a":"b"}}}', '{"Config":{"Image":"i","Labels":{"a":"b"}}}'],
  ['[{"UnlockKey":"k"}]\n{"password":"p"}\n', '[{"UnlockKey":"*"}]\n{"password":"*"}\n'],
  ['{"Env":null,"Options":{"o":"pw"},"a":"Env"}', '{"Env":null,"Options":{"o":"**"},"a":"Env"}'],
])("%s is masked, in pieces of any size", (text, expected) => {
  for (let size = 1; size <= text.length; size += 1) expect(masked(text, size)).toBe(expected);
});

test("a given secret is masked wherever pieces end, and pieces keep their lengths", () => {
  const text = Buffer.from("xxs3cret-s3crets3cre");
  for (let size = 1; size <= text.length; size += 1) {
    const values = new MaskedValues(formsOf(["s3cret"]));
    const pieces: string[] = [];
    for (let at = 0; at < text.length; at += size)
      values.add(text.subarray(at, at + size), (piece) => pieces.push(piece.toString()));
    values.end();
    expect(pieces.join("")).toBe("xx******-******s3cre");
    expect(pieces.slice(0, -1).every(({ length }) => length === size)).toBe(true);
  }
});

test.each<[string, Buffer]>([
  ["text", Buffer.from("héllo\n")],
  ["JSON", Buffer.from('{"a":[1,"b"]}\n')],
  ["JSON with spaces", Buffer.from('{"a": 1}')],
  ["a wide integer", Buffer.from('{"a":12345678901234567890}')],
  ["frames", Buffer.concat([frame(1, "a\n"), frame(2, "é".repeat(200))])],
  ["a cut frame", frame(1, "abc").subarray(0, 10)],
  ["bytes", Buffer.from([0, 255, 128, 10])],
  ["half a character", Buffer.from([0xc3])],
  ["a byte order mark", Buffer.from([0xef, 0xbb, 0xbf, 0x61])],
  ["nothing", Buffer.alloc(0)],
])("%s keeps every byte", (_, bytes) => {
  expect(readBytes(JSON.parse(JSON.stringify(writeBytes(bytes))))).toEqual(bytes);
});

const SECRET = "hidden-value-of-a-test";

/** Whether a text has the secret, as it is or in base64. */
const hasSecret = (text: string): boolean =>
  text.includes(SECRET) || text.includes(Buffer.from(SECRET).toString("base64").slice(0, -4));

/** Calls with a secret in a place that has a name for it. */
const NAMED: Record<string, (docker: Docker, secret: string) => PromiseLike<unknown>> = {
  "a login": (docker, password) => docker.systemAuth({ username: "me", password }),
  "X-Registry-Auth": (docker, password) =>
    docker
      .imagePush("app", { tag: "1", "X-Registry-Auth": { username: "me", password } })
      .then((stream) => stream.cancel()),
  "a build argument": (docker, TOKEN) =>
    docker.imageBuild({ buildargs: { TOKEN } }).then((stream) => stream.cancel()),
  "an environment": (docker, token) => docker.containerCreate({ Image: "a", Env: [`TOKEN=${token}`] }),
  "a swarm's secret": (docker, secret) =>
    docker.secretCreate({ Name: "s", Labels: {}, Data: Buffer.from(secret).toString("base64") }),
  "a join token": (docker, JoinToken) =>
    docker.swarmJoin({ JoinToken, RemoteAddrs: ["a"], ListenAddr: "b" } as never),
  "a driver's option": (docker, password) => docker.volumeCreate({ DriverOpts: { o: password } }),
  "a header": (docker, token) => docker.containerList({}, { headers: { "X-Token": token } }),
};

/** Calls with a secret where only the caller knows that it is one. */
const GIVEN: typeof NAMED = {
  "a command": (docker, token) => docker.containerCreate({ Image: "a", Cmd: ["login", token] }),
  "a label": (docker, token) => docker.containerCreate({ Image: "a", Labels: { token } }),
  "a name": (docker, token) => docker.containerInspect(token),
  "an option": (docker, token) => docker.containerCreate({ Image: "a" }, { name: token }),
  "a tar": (docker, token) => docker.putContainerArchive("a", Buffer.from(`…${token}…`), { path: "/" }),
};

const record = (call: (typeof NAMED)[string], secrets: readonly string[]): Promise<string> =>
  withServer(
    (request, response) => {
      const pieces: Buffer[] = [];
      request
        .on("data", (piece: Buffer) => pieces.push(piece))
        .on("end", () => {
          // An Engine that says all that it was told.
          const text = Buffer.concat(pieces).toString();
          const told = {
            ...(text.startsWith("{") ? JSON.parse(text) : { url: request.url === "" }),
            Id: "a",
            message: "no",
          };
          response.writeHead(418, { "Content-Type": "application/json" }).end(JSON.stringify(told));
        });
    },
    async (docker) => {
      const recording = recordEngine(docker, file, { secrets });
      await Promise.resolve(call(docker, SECRET)).catch(() => undefined);
      await recording.close();
      return readFile(file, "utf8");
    },
  );

test.each(Object.keys(NAMED))("no recording has the secret of %s", async (name) => {
  const text = await record(NAMED[name] as never, []);
  expect(text).toMatch(/"status":418/);
  expect(hasSecret(text)).toBe(false);
});

test.each(Object.keys(GIVEN))("no recording has a given secret in %s", async (name) => {
  expect(hasSecret(await record(GIVEN[name] as never, []))).toBe(true);
  expect(hasSecret(await record(GIVEN[name] as never, [SECRET]))).toBe(false);
});
