/** Compiled, not run: results, options and bodies of the generated operations. */
import type { ContainerSummary, Docker, JsonStream, ProgressStream, Result } from "../../src/index.js";

declare const docker: Docker;

export async function results(): Promise<void> {
  const list: Result<ContainerSummary[]> = await docker.containerList().result();
  // @ts-expect-error data is there only if ok
  list.data;
  if (list.ok) list.data.map((container) => container.Id);
  else list.error.code;

  const containers: ContainerSummary[] = await docker.containerList({ all: true });
  await docker.containerStart("web");
  const text: string = await docker.systemPing();
  const progress: ProgressStream = await docker.imageLoad({ body: new Uint8Array() });
  const events: JsonStream<{ Action?: string }> = await docker.systemEvents();
  void [containers, text, progress, events];
}

export function options(): void {
  docker.containerStop("web", { t: 10, signal: "SIGINT" }, { signal: new AbortController().signal });
  docker.containerCreate({ Image: "alpine", Cmd: ["true"] }, { name: "job", platform: "linux/arm64" });
  docker.containerLogs("web", { stdout: true, since: new Date(), until: 1700000000.5 });
  docker.systemEvents({ since: "10m" });
  // @ts-expect-error a moment is not a boolean
  docker.systemEvents({ since: true });
  // @ts-expect-error there is no such option
  docker.containerStop("web", { timeout: 10 });
  // @ts-expect-error the body is required
  docker.containerCreate();
  // @ts-expect-error the path option is required
  docker.containerArchive("web");
  // @ts-expect-error a tar body is bytes or a stream of them
  docker.putContainerArchive("web", "text", { path: "/" });
  // @ts-expect-error there is no such operation
  docker.containerFly("web");
}

export function values(container: ContainerSummary): void {
  // Sets of values are open: the known ones are offered, others have a type too.
  docker.containerWait("web", { condition: "next-exit" });
  docker.containerWait("web", { condition: "a-new-condition" });
  // @ts-expect-error an id is text
  const id: number = container.Id;
  void id;
}
