/**
 * What users do with streams when nothing else they import brings Node's types: the package's own reference must, or all of
 * these would be any, which has every member. Compiled only, by compile.ts.
 */
import type { Docker } from "docker-engine-sdk";
import type { MockEngine } from "docker-engine-sdk/testing";

export async function streams(docker: Docker, engine: MockEngine): Promise<void> {
  const logs = await docker.containerLogs("web", { stdout: true });
  // @ts-expect-error a Readable
  logs.stdout.missing;
  // @ts-expect-error a Readable
  logs.toNode().missing;
  for await (const { data } of logs) {
    // @ts-expect-error a Buffer
    data.missing;
  }
  const attached = await docker.containerAttach("web", { stdin: true });
  // @ts-expect-error a Writable
  attached.stdin.missing;
  // @ts-expect-error a Duplex
  attached.duplex.missing;
  const image = await docker.imageGet("alpine");
  // @ts-expect-error a Buffer
  (await image.bytes()).missing;
  // @ts-expect-error URLSearchParams
  engine.calls[0]?.query.missing;
}
