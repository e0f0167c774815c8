import { execFile } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { promisify } from "node:util";
import { builtProgram } from "../helpers/built-program.js";
import { examplesOf } from "../helpers/docs-examples.js";
import { registryBinary } from "../helpers/registry-binary.js";
import { anyEngine, describeStores, everyStore, useEngine } from "./engine.js";
import { networkOf } from "./engine-network.js";
import { type Registry, startRegistry } from "./registry.js";
import { builtEntry } from "./versions/built-entry.js";

/** What each example of a page prints. */
const PRINTS: Record<string, Record<string, RegExp>> = {
  "workflows.md": {
    "run 1": /^0 apple\npear\n$/m,
    "run 2": /^$/,
    "exec 1": /exitCode: 3, stdout: 'out\\n', stderr: 'err\\n'/,
    "waitUntilHealthy 1": /^healthy$/m,
    "copyIn and copyOut 1": /^<h1>hello<\/h1>$/m,
    "events 1": /^create alpine:3.20\ndie alpine:3.20\n$/,
    "build 1": /^sha256:\w{64} hello$/m,
  },
  "../README.md": {
    "Examples 1": /^0 Linux\n/,
    "Examples 2": /^stdout: GET \/\n$/,
    "Examples 3": /^0 apple\npear\n/,
    "Examples 4": /^(compiled\n)?sha256:\w{64}\n$/,
    "Examples 5": /^$/,
    "Testing code that uses it 1": /^false hello\n/,
  },
  "processes.md": {
    "# Processes 1": /^apple\npear\n0\n$/,
    "Output and exit 1": /^stdout out\nstderr err\n3\n$/,
    "launch 1": /^true 53\/tcp 80\/tcp\n$/,
    "kill 1": /^caught\n9\n$/,
  },
  "files.md": {
    "readFile and writeFile 1": /^hello\n\n6\n$/,
    "copyContentIn 1": /^started\nbin\nconfig\.json\ndata\n\{"port":80\}\n$/,
    "tarOf 1": /^0\n$/,
    "Build from files in memory 1": /^sha256:\w{64} hello from memory\n/,
  },
  "requests.md": {
    "request 1": /^200 \[ \[ '\/web' \] \]\n$/,
    "The answer 1": /^true\n$/,
    "Two-way connections 1": /^hello\n\n$/,
    "demux 1": /^stdout hi\nstderr oh!\n$/,
  },
  "images.md": {
    "Pull 1": /^127\.0\.0\.1:\d+\/app:1 sha256:\w{64}\n2 \[( '127\.0\.0\.1:\d+\/app:[12]',?){2} \]\n$/,
    "Push 1": /^3.20 sha256:\w{64} \d+\n$/,
    "Save and load 1": /^\d{6,}\nalpine:3.20 sha256:\w{64}\n$/,
    "Save and load 2": /^\d{6,}\n$/,
    "Which platforms are here 1": /^linux\/\w+ complete true\n$/,
    "Progress 1": /^Loaded image: alpine:3.20\n$/m,
    "Progress 2": /^Loaded image: alpine:3.20\n$/m,
  },
  "logins.md": {
    "Where a login comes from 1": /^true\n$/,
    "Log in and out 1": /^Login Succeeded \/.*\/config\.json\n$/,
    "Logins from elsewhere 1": /^hello\n\n$/,
  },
  "building.md": {
    "# Building images 1": /^sha256:\w{64} 0\nhello\n/,
    "Secrets and ssh 1": /^20\n/,
    "Outputs 1": /^built\n/,
    "Progress 1": /\[2\/2\] RUN echo compiling; exit 2\n {2}compiling\n2 compiling\n/,
  },
  "observing.md": {
    "The diagnostics channel 1": /^ContainerInspect 200 true\n$/,
    "Hooks 1": /^ContainerInspect 200\n$/,
  },
  "types.md": {
    "Missing fields and null 1": /^created\n\d+\nno health check\n$/,
    "Podman 1": /^(\/\S+ \S+\n)+$/,
    "Filters 1": /^\d+\n$/,
    "Wide integers 1": /"timeNano":"\d{19}".*\n\d{4}-\d\d-\d\dT/,
  },
  "readiness.md": {
    "waitFor 1": /^up\n\n$/,
    "waitFor 2": /^exited 3 no disk 0 of 1 line\n$/,
    "Addresses 1": /^localhost true 172\.\d+\.\d+\.\d+\n$/,
    "Figures 1": /^true true [12]\n$/,
  },
  "streams.md": {
    "Logs 1": /^stdout: GET \/\n$/,
    "Logs 2": /^GET \/\nERR_DOCKER_ABORTED\n$/,
    "Logs 3": /^6 0\n$/,
    "Attach 1": /^apple\npear\n 0\n$/,
    "Attach 2": /^GET \/\n$/,
    "Exec 1": /^5 0\n$/,
    "Events and stats 1": /^die web\nstart web\n$/,
    "Events and stats 2": /^true\ntrue\n\[ 'PID', 'COMMAND' \]\n$/,
    "Progress 1": /^Loaded image: alpine:3.20$/m,
    "Archives 1": /^hostname file\nhostname\ntrue\n$/,
    "Failures as values 1": /No such container: no-such-container/,
  },
};

/** The pages whose examples connect to published ports, which are in the network of the Engine's machine. */
const REACHES_PORTS = ["readiness.md"];

/** The pages that the store matters to. */
const ABOUT_IMAGES = ["images.md", "building.md", "logins.md", "workflows.md"];

describeStores(everyStore, "the examples of docs/", (engine) => {
  const pages = Object.keys(PRINTS).filter(
    (page) => engine.store === anyEngine.store || ABOUT_IMAGES.includes(page),
  );
  const bench = useEngine(engine);
  const { atEnd, container, docker, path } = bench;
  /** What the examples name registry.example:5000. */
  let registry: Registry | undefined;

  // Builds the package if the sources are newer.
  beforeAll(() => builtEntry("testing"), 600_000);

  beforeAll(async () => {
    await docker.imageTag("busybox:local", { repo: "alpine", tag: "3.20" });
    atEnd(() => docker.imageDelete("alpine:3.20"));
    // What README.md builds.
    atEnd(() => docker.imageDelete("app:1").result());
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
    const binary = registryBinary();
    if (binary) {
      registry = await startRegistry(bench, binary);
      for (const tag of ["1", "2"]) {
        const repo = `${registry.address}/app`;
        await docker.imageTag("busybox:local", { repo, tag });
        atEnd(() => docker.imageDelete(`${repo}:${tag}`));
        await docker.push(`${repo}:${tag}`, { auth: registry.login });
      }
    }
    // So that the newest container is one that does not run, and events have happened.
    await container("true");
  });

  test.each(pages)("%s: they print what they should", async (page) => {
    const prints = PRINTS[page] ?? {};
    const examples = await examplesOf(page);
    expect(examples.map(({ title }) => title)).toEqual(Object.keys(prints));
    const folder = path(`examples of ${basename(page)}`);
    await mkdir(folder);
    const network = REACHES_PORTS.includes(page) ? await networkOf(docker, atEnd) : [];
    for (const [i, { title, code }] of examples.entries()) {
      if (!registry && code.includes("registry.example")) continue;
      const file = join(folder, `example-${i}.mjs`);
      await writeFile(file, builtProgram(code.replaceAll("registry.example:5000", registry?.address ?? "")));
      const { username, password } = registry?.login ?? {};
      const env = {
        ...process.env,
        DOCKER_HOST: engine.host,
        NODE_OPTIONS: "",
        // One of them stores a login.
        DOCKER_CONFIG: folder,
        REGISTRY_USERNAME: username,
        REGISTRY_PASSWORD: password,
      };
      const [program = "", ...command] = [...network, process.execPath, file];
      const { stdout, stderr } = await promisify(execFile)(program, command, { cwd: folder, env });
      expect([title, stdout, stderr]).toEqual([title, expect.stringMatching(prints[title] as RegExp), ""]);
    }
  });
});
