import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { ConnectionError, Docker } from "../../../src/index.js";
import { connectionFailure } from "../../../src/transport/connection-failure.js";
import { useTemporaryFolder } from "../../helpers/temporary-folder.js";

/** A server of its own process that lets few connections wait, and takes none for a while. */
const busy = `
  require("node:http").createServer((_, response) => response.end("OK")).listen({ path: process.argv[1], backlog: 1 }, () => {
    console.log("up");
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 700);
  });`;

let folder: string;
let child: ChildProcess;

useTemporaryFolder(async (path) => {
  folder = path;
  child = spawn(process.execPath, ["-e", busy, join(folder, "engine.sock")], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  await new Promise((resolve) => child.stdout?.once("data", resolve));
});

afterEach(() => void child.kill());

test("more calls than connections may wait at a socket all succeed, once it takes them", async () => {
  await using docker = new Docker({ host: `unix://${join(folder, "engine.sock")}` });
  const calls = Array.from({ length: 40 }, () => docker.systemPing());
  expect(new Set(await Promise.all(calls))).toEqual(new Set(["OK"]));
});

test("they end with the time that a connection may take", async () => {
  await using docker = new Docker({ host: `unix://${join(folder, "engine.sock")}`, connectTimeout: 200 });
  const results = await Promise.all(Array.from({ length: 20 }, () => docker.systemPing().result()));
  expect(results.filter(({ ok }) => !ok).length).toBeGreaterThan(0);
  for (const result of results) {
    if (!result.ok) expect(result.error.message).toContain("EAGAIN");
  }
});

test.each([
  ["EMFILE", "this process has too many files and connections open (EMFILE)"],
  ["ENFILE", "this machine has too many files open (ENFILE)"],
])("%s says whose limit was met, whatever the Engine's address", (code, says) => {
  const endpoints = [
    { kind: "unix", socketPath: "/x.sock" },
    { kind: "tcp", hostname: "box", port: 1, basePath: "" },
    { kind: "npipe", path: "//./pipe/x" },
  ] as const;
  for (const endpoint of endpoints) {
    const error = connectionFailure(endpoint, Object.assign(new Error(`connect ${code}`), { code }));
    expect(error).toBeInstanceOf(ConnectionError);
    expect(error.message).toContain(says);
  }
});
