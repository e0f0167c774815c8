import { execFile } from "node:child_process";
import { createServer } from "node:http";
import { promisify } from "node:util";
import { useCompiled } from "../../helpers/compiled.js";
import { listen } from "../../helpers/listen.js";

let compiled: string;

useCompiled((folder) => {
  compiled = folder;
});

/** What a process does last, without close(), and the answer it gets. */
const calls: Readonly<
  Record<string, { readonly call: string; readonly status: number; readonly body?: string }>
> = {
  "a HEAD that is answered with 404": { call: "docker.systemPingHead()", status: 404 },
  "a failure without a body": { call: 'docker.containerInspect("web")', status: 404, body: "" },
  "a failure with a body": { call: 'docker.containerInspect("web")', status: 404, body: '{"message":"no"}' },
  "a 204 to a JSON operation": { call: "docker.containerList()", status: 204 },
  "a 304": { call: 'docker.containerStart("web")', status: 304 },
  "a body that has been consumed": {
    call: 'docker.putContainerArchive("web", await consumed(), { path: "/" })',
    status: 200,
    body: "",
  },
};

const CONSUMED = `
  async function consumed() {
    const body = (async function* () { yield Buffer.from("a"); })();
    for await (const _ of body);
    return body;
  }`;

test.each(Object.entries(calls))("a process ends after %s", async (_, { call, status, body }) => {
  // Without the server's own time limit: only the client may keep its process alive.
  const server = await listen(
    createServer({ keepAliveTimeout: 0 }, (request, response) => {
      request.resume();
      const length = body === undefined ? {} : { "Content-Length": Buffer.byteLength(body) };
      response.writeHead(status, { "Api-Version": "1.51", ...length }).end(body);
    }),
  );
  const script = `
    import { Docker } from "./src/index.js";
    ${CONSUMED}
    const docker = new Docker({ host: ${JSON.stringify(server.host)}, env: {} });
    for (let i = 0; i < 5; i += 1) await ${call}.result();
    console.log("called");`;
  const options = { cwd: compiled, timeout: 20_000 };
  const child = promisify(execFile)(process.execPath, ["--input-type=module", "-e", script], options);
  expect((await child).stdout).toBe("called\n");
  await server.close();
});
