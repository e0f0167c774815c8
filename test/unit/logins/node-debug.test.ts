import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { installHelper } from "../../helpers/credential-helper.js";
import { listen } from "../../helpers/listen.js";
import { planted, plantedIn } from "../../helpers/planted-secrets.js";
import { useTemporaryFolder } from "../../helpers/temporary-folder.js";

const tsx = pathToFileURL(createRequire(__filename).resolve("tsx")).href;
const sdk = pathToFileURL(join(process.cwd(), "src", "index.ts")).href;

let folder: string;
useTemporaryFolder((path) => {
  folder = path;
});

/** Uses logins of every source, and prints what it can of the client, its calls and their errors. */
const PROGRAM = `
import { readFileSync } from "node:fs";
import { inspect } from "node:util";
import { Docker } from ${JSON.stringify(sdk)};
// Node prints the environment of every child process, so the program's own has no secrets.
const { password, ...env } = JSON.parse(readFileSync("secrets.json", "utf8"));
const docker = new Docker({ host: process.env.ENGINE, env: { ...process.env, ...env } });
const show = (...values) => console.log(...values.map((value) => inspect(value, { depth: 9, showHidden: true })));
docker.use({ onRequest: show, onResponse: show, onError: show });
const attempts = [
  () => docker.pull("env.example/app"),
  () => docker.pull("helper.example/app"),
  () => docker.push("file.example/app"),
  () => docker.distributionInspect("file.example/app"),
  () => docker.pull("failing.example/app"),
  () => docker.login("new.example", { username: "me", password }),
];
for (const attempt of attempts) show(await attempt().catch((error) => error));
show(docker);
await docker.close();
`;

test("no login shows in what Node prints with NODE_DEBUG, nor in hooks, clients and errors", async () => {
  const secret = planted("password");
  const auth = (user: string) => ({ auth: Buffer.from(`${user}:${secret}`).toString("base64") });
  await writeFile(
    join(folder, "config.json"),
    JSON.stringify({
      auths: { "file.example": auth("me") },
      credHelpers: { "helper.example": "good", "failing.example": "bad" },
    }),
  );
  await installHelper(folder, "good", `echo '{"Username":"me","Secret":"${secret}"}'`);
  await installHelper(folder, "bad", `echo '{"Username":"me","Secret":"${secret}'; exit 1`);
  await writeFile(join(folder, "program.mts"), PROGRAM);
  const DOCKER_AUTH_CONFIG = JSON.stringify({ auths: { "env.example": auth("me") } });
  await writeFile(join(folder, "secrets.json"), JSON.stringify({ password: secret, DOCKER_AUTH_CONFIG }));
  const headers: string[] = [];
  const server = createServer((request, response) => {
    headers.push(String(request.headers["x-registry-auth"]));
    response.writeHead(500).end('{"message":"refused"}');
  });
  const engine = await listen(server);
  const { stdout, stderr } = await promisify(execFile)(
    process.execPath,
    ["--import", tsx, join(folder, "program.mts")],
    {
      env: {
        PATH: `${folder}:${process.env.PATH}`,
        DOCKER_CONFIG: folder,
        ENGINE: engine.host,
        NODE_DEBUG: "http,https,net,stream,timer,tls,fs,child_process,module,esm,fetch,undici",
      },
      cwd: folder,
      maxBuffer: 1 << 28,
    },
  ).finally(() => engine.close());
  expect(headers.filter((header) => plantedIn(header))).toHaveLength(4);
  expect(stderr).toMatch(/^HTTP \d+:/m);
  expect(stdout).toContain("docker-credential-bad get failed with exit code 1");
  expect(plantedIn(stdout)).toBeUndefined();
  expect(plantedIn(stderr)).toBeUndefined();
});
