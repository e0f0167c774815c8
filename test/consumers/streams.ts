/**
 * What users do with streams when nothing else they import brings Node's types: the package's own reference must, or all
 * of these would be any. Compiled only, by compile.ts.
 */
import type { BinaryBody, BodyStream, Docker } from "docker-engine-sdk";
import type { MockEngine } from "docker-engine-sdk/testing";

/** Compiles for a type that is not any. */
type Known<T> = 0 extends 1 & T ? never : T;
function known<T>(_: Known<T>): void {}

export async function streams(docker: Docker, archive: BodyStream<Uint8Array>): Promise<void> {
  const logs = await docker.containerLogs("web", { stdout: true });
  known(logs.stdout);
  known(logs.toNode());
  for await (const { data } of logs) known(data);
  const attached = await docker.containerAttach("web", { stdin: true });
  known(attached.stdin);
  known(attached.duplex);
  const image = await docker.imageGet("alpine");
  known(image.toNode());
  known(await image.bytes());
  for await (const bytes of archive) known(bytes);
}

export function bodies(body: BinaryBody, engine: MockEngine): void {
  known(body);
  for (const { query } of engine.calls) known(query);
}
