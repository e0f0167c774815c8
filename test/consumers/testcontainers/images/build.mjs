/**
 * Builds stand-ins for the images that testcontainers' tests pull: build.mjs CHECKOUT MODULES. They have busybox and,
 * but for alpine, this Node and the modules of the folder MODULES; the tools their Dockerfiles call are scripts that do as
 * little as they need.
 */
import { execFileSync } from "node:child_process";
import { chmod, copyFile, cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { Docker } from "docker-engine-sdk";

const [checkout, modules] = process.argv.slice(2);
const here = dirname(fileURLToPath(import.meta.url));
const fixtures = join(checkout, "packages", "testcontainers", "fixtures", "docker");

const SCRIPTS = {
  apk: "exit 0",
  npm: "exit 0",
  curl: 'exec /bin/wget -q -O - "$2"',
  "dumb-init": 'shift; exec "$@"',
  openssl:
    "mkdir -p /etc/ssl/private /etc/ssl/certs; cp /opt/cert.key /etc/ssl/private/; cp /opt/cert.crt /etc/ssl/certs/",
};

/** What the tests call in containers and busybox does not have, or not with their options: the last argument counts. */
const PROGRAMS = {
  getent: 'require("dns").lookup(process.argv.at(-1), (error) => process.exit(error ? 2 : 0))',
  wget: 'require("http").get(process.argv.at(-1), ({ statusCode }) => process.exit(statusCode === 200 ? 0 : 8))',
  getpcaps: `
    const effective = /CapEff:\\s*(\\w+)/.exec(require("fs").readFileSync("/proc/1/status", "utf8"))[1];
    const has = (bit) => (BigInt("0x" + effective) >> bit) & 1n;
    console.log(has(0n) ? "cap_chown" : "", has(14n) ? "cap_ipc_lock" : "");`,
};

const docker = new Docker();
const folder = await mkdtemp(join(tmpdir(), "stand-ins-"));
const root = join(folder, "root");
const write = async (file, content) => {
  await mkdir(dirname(join(root, file)), { recursive: true });
  await writeFile(join(root, file), content, { mode: file.startsWith("usr/bin/") ? 0o755 : 0o644 });
};
const copy = async (from, to = from) => {
  await mkdir(dirname(join(root, to)), { recursive: true });
  await copyFile(from, join(root, to));
};
const build = async (t, dockerfile) => {
  await writeFile(join(folder, "Dockerfile"), dockerfile);
  await docker.build(folder, { tags: t });
  await rm(root, { recursive: true });
};

// Debian's busybox is static, and has more than that of busybox:local.
const busybox = execFileSync("sh", ["-c", "command -v busybox"], { encoding: "utf8" }).trim();
await copy(busybox, "bin/busybox");
for (const name of execFileSync(busybox, ["--list"], { encoding: "utf8" }).split("\n").filter(Boolean))
  if (name !== "busybox") await symlink("busybox", join(root, "bin", name));
await write("etc/passwd", "root:x:0:0:root:/root:/bin/sh\nnode:x:1000:1000::/home/node:/bin/sh\n");
await write("etc/group", "root:x:0:\nnode:x:1000:\n");
for (const path of ["var/log", "home/node", "tmp"]) await mkdir(join(root, path), { recursive: true });
await build(
  "alpine:latest",
  'FROM scratch\nCOPY root/ /\nENV PATH=/usr/local/bin:/usr/bin:/bin\nCMD ["/bin/sh"]\n',
);
for (const tag of ["3.10", "3.14"]) await docker.imageTag("alpine:latest", { repo: "alpine", tag });

for (const [name, script] of Object.entries(SCRIPTS))
  await write(`usr/bin/${name}`, `#!/bin/sh\n${script}\n`);
for (const [name, code] of Object.entries(PROGRAMS))
  await write(`usr/bin/${name}`, `#!/usr/local/bin/node\n${code}\n`);
await copy(process.execPath, "usr/local/bin/node");
for (const library of execFileSync("ldd", [process.execPath], { encoding: "utf8" }).match(/\/\S+/g))
  await copy(library);
await write("opt/ryuk.cjs", await readFile(join(here, "ryuk.cjs")));
await cp(modules, join(root, "opt", "modules"), { recursive: true });
const key = ["-keyout", join(root, "opt", "cert.key"), "-out", join(root, "opt", "cert.crt")];
const request = ["req", "-x509", "-nodes", "-days", "365", "-subj", "/CN=localhost", "-newkey", "rsa:2048"];
execFileSync("openssl", [...request, ...key], { stdio: "ignore" });
await chmod(join(root, "opt", "cert.key"), 0o644);
await build("node:10-alpine", 'FROM alpine:latest\nCOPY root/ /\nENV NODE_PATH=/opt/modules\nCMD ["node"]\n');

await mkdir(root);
await build(
  "testcontainers/ryuk:0.14.0",
  'FROM node:10-alpine\nLABEL org.testcontainers.ryuk=true\nEXPOSE 8080\nCMD ["node", "/opt/ryuk.cjs"]\n',
);
await docker.build(join(fixtures, "docker"), { tags: "cristianrgreco/testcontainer:1.1.14" });
await rm(folder, { recursive: true });
await docker.close();
