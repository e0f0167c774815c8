/** Compiled, not run: what must compile does, and what must not is an error that is expected. */
import {
  type Docker,
  type ImageGetResult,
  imageGet,
  type Platform,
  type TarStream,
} from "../../src/index.js";

declare const docker: Docker;
declare const result: ImageGetResult;

// The platform has two forms, and both parts of it are required.
docker.imageGet("alpine", "linux/arm64");
docker.imageGet("alpine", { os: "linux", architecture: "arm", variant: "v5" });
docker.imageGet("alpine", undefined, { signal: new AbortController().signal, timeout: 5_000 });
imageGet(docker, "alpine", { os: "linux", architecture: "arm64" });
// @ts-expect-error architecture is missing
docker.imageGet("alpine", { os: "linux" });
// @ts-expect-error there is no such key
const misspelt: Platform = { os: "linux", architecture: "arm", varient: "v5" };
// @ts-expect-error the name is required
docker.imageGet();

// The arms are told apart by ok and kind.
// @ts-expect-error data is there on two arms only, and of different types
result.data.toFile("a.tar");
if (result.ok) {
  const tar: TarStream = result.data;
  const kind: "archive" = result.kind;
  void [tar, kind];
} else if (result.kind === "errorResponse") {
  const message: string = result.data.message;
  const status: number = result.status;
  void [message, status];
} else {
  const code: string = result.error.code;
  // @ts-expect-error an Engine that did not answer has no status
  const status: number = result.status;
  void [code, status];
}

const unwrapped: Promise<TarStream> = docker.imageGet("alpine");
void [misspelt, unwrapped];
