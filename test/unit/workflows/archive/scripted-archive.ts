import type { ServerResponse } from "node:http";
import { type Header, pack } from "tar-stream";
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

export type Item = Partial<Header> & { name: string; content?: string };

/** A tar, by another library than the one that is tested. */
export async function tarOf(items: readonly Item[]): Promise<Buffer> {
  const archive = pack();
  for (const { content = "", ...header } of items) archive.entry(header, content);
  archive.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of archive) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** An Engine whose container holds a folder (or file), archived as these bytes. */
export const answering = (tar: Buffer, mode = DIRECTORY): Script => ({
  [ARCHIVE]: (response: ServerResponse) => {
    response.writeHead(200, { "Content-Type": "application/x-tar", ...statHeader(mode) });
    response.end(tar);
  },
});

/** An Engine whose container holds a folder (or file), archived as these items. */
export const holding = async (items: readonly Item[], mode = DIRECTORY): Promise<Script> =>
  answering(await tarOf(items), mode);
