/** Compiled, not run: arguments and results of the workflows. */
import { PassThrough } from "node:stream";
import type {
  BuildResult,
  Docker,
  ExecResult,
  PulledImage,
  PushedImage,
  RunResult,
} from "../../src/index.js";

declare const docker: Docker;

export async function results(): Promise<void> {
  const executed: ExecResult = await docker.exec("web", ["ls"], { stdin: "text", stdout: new PassThrough() });
  const exitCode: number = executed.exitCode;
  const ran: RunResult = await docker.run("alpine", undefined, {
    create: { HostConfig: { Memory: 1 } },
    env: process.env,
  });
  const loaded: { name: string | undefined; id: string }[] = await docker.load("images.tar", {
    platform: { os: "linux", architecture: "arm64" },
  });
  const one: PulledImage = await docker.pull("a", { allTags: false });
  const several: PulledImage[] = await docker.pull(["a", "b"]);
  const tags: PulledImage[] = await docker.pull("a", { allTags: true });
  const pushed: PushedImage = await docker.push("a");
  const pushedTags: PushedImage[] = await docker.push("a", { allTags: true });
  const bytes: number = await docker.save(["a", "b"], "images.tar");
  const { id, warnings }: BuildResult = await docker.build(".", {
    tags: "a:1",
    buildArgs: { A: null },
    secrets: { token: { env: "TOKEN" }, key: async () => Buffer.of(1) },
    outputs: { type: "local", dest: "out" },
    onProgress: (event) => event.type === "log" && process.stdout.write(event.text),
  });
  const image: string | undefined = id;
  for await (const event of docker.events({ filters: { type: ["container"] }, since: new Date() })) {
    const action: string | undefined = event.Action;
    void action;
  }
  void [exitCode, ran, loaded, bytes, image, warnings, one, several, tags, pushed, pushedTags];
}
export function refused(): void {
  // @ts-expect-error a command is an array
  docker.exec("web", "ls -l");
  // @ts-expect-error the policies have names
  docker.run("alpine", [], { pull: "sometimes" });
  // @ts-expect-error the image of a run is its first argument; the rest of the container is checked
  docker.run("alpine", [], { create: { HostConfig: { Memory: "1g" } } });
  // @ts-expect-error what is built comes from the first argument
  docker.build(".", { remote: "https://example.com/repo.git" });
  // @ts-expect-error options have the names of the CLI
  docker.build(".", { t: "a:1" });
  // @ts-expect-error files go somewhere
  docker.build(".", { outputs: { type: "local" } });
  // @ts-expect-error events have no end of their own
  docker.events({ timeout: 5 });
  // @ts-expect-error a path is needed
  docker.save("a");
}
