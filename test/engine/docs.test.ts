import { execFile } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { examplesOf } from "../helpers/docs-examples.js";
import { describeStores, everyStore, useEngine } from "./engine.js";

const root = process.cwd();
const tsx = createRequire(join(root, "package.json")).resolve("tsx");

/** What each example of a page prints. Of pull and push none is run: it needs a registry. */
const PRINTS: Record<string, Record<string, RegExp>> = {
  "workflows.md": {
    "run 1": /^0 apple\npear\n$/m,
    "run 2": /^$/,
    "exec 1": /exitCode: 3, stdout: 'out\\n', stderr: 'err\\n'/,
    "waitUntilHealthy 1": /^healthy$/m,
    "copyIn and copyOut 1": /^<h1>hello<\/h1>$/m,
    "events 1": /^create alpine:3.20\ndie alpine:3.20\n$/,
    "save and load 1": /^\d{6,} \[ 'alpine:3.20' \]$/m,
    "build 1": /^sha256:\w{64} hello$/m,
  },
  "types.md": {
    "Missing fields and null 1": /^created\n\d+\nno health check\n$/,
    "Podman 1": /^(\/\S+ \S+\n)+$/,
    "Filters 1": /^\d+\n$/,
    "Wide integers 1": /"timeNano":"\d{19}".*\n\d{4}-\d\d-\d\dT/,
  },
  "streams.md": {
    "Logs 1": /^stdout: GET \/\n$/,
    "Logs 2": /^GET \/\nERR_DOCKER_ABORTED\n$/,
    "Logs 3": /^6 0\n$/,
    "Attach 1": /^apple\npear\n 0\n$/,
    "Attach 2": /^GET \/\n$/,
    "Exec 1": /^5 0\n$/,
    "Events and stats 1": /^(start web\n)+$/,
    "Events and stats 2": /^true\ntrue\n\[ 'PID', 'COMMAND' \]\n$/,
    "Progress 1": /^Loaded image: alpine:3.20$/m,
    "Archives 1": /^hostname file\nhostname\ntrue\n$/,
    "Many at once 1": /No such container: no-such-container/,
  },
};

describeStores(everyStore, "the examples of docs/", (engine) => {
  const { atEnd, container, docker, path } = useEngine(engine);

  beforeAll(async () => {
    await docker.imageTag("busybox:local", { repo: "alpine", tag: "3.20" });
    atEnd(() => docker.imageDelete("alpine:3.20"));
    const { Id } = await docker.containerCreate(
      {
        Image: "busybox:local",
        Cmd: ["sh", "-c", "echo GET /; exec sleep 600"],
        HostConfig: { NetworkMode: "none", Init: true },
      },
      { name: "web" },
    );
    atEnd(() => docker.containerDelete(Id, { force: true }));
    await docker.containerStart(Id);
    // So that the newest container is one that does not run, and events have happened.
    await container("true");
  });

  test.each(Object.keys(PRINTS))("%s: they print what they should", async (page) => {
    const prints = PRINTS[page] ?? {};
    const examples = (await examplesOf(page)).filter(({ title }) => !title.startsWith("pull and push"));
    expect(examples.map(({ title }) => title)).toEqual(Object.keys(prints));
    const folder = path(`examples of ${page}`);
    await mkdir(folder);
    const sdk = pathToFileURL(join(root, "src", "index.ts")).href;
    for (const [i, { title, code }] of examples.entries()) {
      const file = join(folder, `example-${i}.mts`);
      await writeFile(file, code.replace('"docker-engine-sdk"', JSON.stringify(sdk)));
      const env = { ...process.env, DOCKER_HOST: engine.host, NODE_OPTIONS: "" };
      const command = ["--import", pathToFileURL(tsx).href, file];
      const { stdout } = await promisify(execFile)(process.execPath, command, { cwd: folder, env });
      expect([title, stdout]).toEqual([title, expect.stringMatching(prints[title] as RegExp)]);
    }
  });
});
