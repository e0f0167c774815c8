import type { ServerResponse } from "node:http";
import { packTar, type TarItem } from "../../../helpers/pack-tar.js";
import type { Script } from "../scripted-engine.js";

export const ARCHIVE = "GET /containers/box/archive";
export const STAT = "HEAD /containers/box/archive";
export const PUT = "PUT /containers/box/archive";

/** The bit of Go's FileMode. */
export const DIRECTORY = 2 ** 31;

/** What an Engine says of a path. */
export const statHeader = (mode: number, linkTarget = "") => ({
  "X-Docker-Container-Path-Stat": Buffer.from(
    JSON.stringify({ name: "x", size: 0, mode, mtime: "", linkTarget }),
  ).toString("base64"),
});

/** An Engine whose container holds a folder (or file), archived as these bytes. */
export const answering = (tar: Buffer, mode = DIRECTORY): Script => ({
  [ARCHIVE]: (response: ServerResponse) => {
    response.writeHead(200, { "Content-Type": "application/x-tar", ...statHeader(mode) });
    response.end(tar);
  },
});

/** An Engine whose container holds a folder (or file), archived as these items. */
export const holding = async (items: readonly TarItem[], mode = DIRECTORY): Promise<Script> =>
  answering(await packTar(items), mode);
