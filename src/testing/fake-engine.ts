import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { apiVersion } from "../../generated/operations.js";
import type { RequestedPlatform } from "../../generated/schema.js";
import { ArgumentError } from "../errors.js";
import { readPlatform } from "../operation/prepare/platform.js";
import { OciImage, type OciImageSpec } from "./oci-image.js";

/** An image of a {@link FakeEngine}. */
export interface FakeImage extends Omit<OciImageSpec, "platforms"> {
  /** "os/arch[/variant]" or OCI platforms; linux/amd64 by default. */
  readonly platforms?: readonly (OciImageSpec["platforms"][number] | string)[] | undefined;
}

/** Options of {@link startFakeEngine}. */
export interface FakeEngineOptions {
  readonly images?: readonly FakeImage[] | undefined;
}

/** A running fake; close it when done. */
export interface FakeEngine extends AsyncDisposable {
  /** Its address, for `new Docker({ host })`. */
  readonly host: string;
  /** Stops the server, ends its connections and removes its socket. */
  close(): Promise<void>;
}

/**
 * Starts a small real server on a temporary socket, which answers as an Engine does to ping, image list, inspect and
 * export (with platforms, 400 and 404). For tests that need real connections, and for trying the SDK without Docker.
 *
 * @returns the running server; its `host` goes to `new Docker({ host })`
 * @throws {ArgumentError} an image has no name or an unusable platform
 * @example
 * const fake = await startFakeEngine({ images: [{ name: "demo:latest", platforms: ["linux/amd64", "linux/arm64"] }] });
 * const docker = new Docker({ host: fake.host });
 * const tar = await docker.imageGet("demo:latest", "linux/arm64");
 */
export async function startFakeEngine({ images = [] }: FakeEngineOptions = {}): Promise<FakeEngine> {
  const built = new Map<string, OciImage>();
  for (const { name, platforms = ["linux/amd64"], layerBytes } of images) {
    if (!name) throw new ArgumentError("startFakeEngine: an image has no name");
    const checked = platforms.map((platform) => readPlatform(platform, "startFakeEngine"));
    const fullName = /:[^/]*$/.test(name) ? name : `${name}:latest`;
    built.set(fullName, await OciImage.build({ name: fullName, platforms: checked, layerBytes }));
  }
  const server = createServer((request, response) => {
    answer(built, request, response).catch(() => response.destroy());
  });
  const { host, cleanUp } = await listen(server);
  const close = async (): Promise<void> => {
    server.closeAllConnections();
    await new Promise<void>((resolve) => server.close(() => resolve()));
    await cleanUp();
  };
  return { host, close, [Symbol.asyncDispose]: close };
}

async function listen(server: Server): Promise<{ host: string; cleanUp: () => Promise<void> }> {
  // Windows has no unix sockets that every Node can use; the loopback serves as well.
  const folder = process.platform === "win32" ? undefined : await mkdtemp(join(tmpdir(), "fake-engine-"));
  const socketPath = folder && join(folder, "engine.sock");
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    if (socketPath) server.listen(socketPath, resolve);
    else server.listen(0, "127.0.0.1", resolve);
  });
  return {
    host: socketPath ? `unix://${socketPath}` : `tcp://127.0.0.1:${(server.address() as AddressInfo).port}`,
    cleanUp: async () => {
      if (folder) await rm(folder, { recursive: true, force: true });
    },
  };
}

async function answer(
  images: Map<string, OciImage>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  response.setHeader("Api-Version", apiVersion);
  response.setHeader("Server", `FakeEngine/${apiVersion}`);
  const url = new URL(request.url ?? "/", "http://localhost");
  const path = decodeURIComponent(url.pathname).replace(/^\/v\d+\.\d+/, "");
  const [, name = "", action] = /^\/images\/(.+)\/(json|get)$/.exec(path) ?? [];
  const image = images.get(name) ?? images.get(`${name}:latest`);
  if (request.method !== "GET") return fail(response, 404, "page not found");
  if (path === "/_ping") return void response.end("OK");
  if (path === "/images/json") return json(response, 200, [...images.values()].map(summary));
  if (!action) return fail(response, 404, "page not found");
  if (!image) return fail(response, 404, `No such image: ${name}`);
  if (action === "json") return json(response, 200, summary(image));
  await sendExport(image, url.searchParams.get("platform"), response);
}

async function sendExport(image: OciImage, wanted: string | null, response: ServerResponse): Promise<void> {
  let manifest: OciImage["manifests"][number] | undefined;
  if (wanted !== null) {
    const platform = parsePlatform(wanted);
    if (!platform) return fail(response, 400, `invalid platform: ${wanted}`);
    manifest = image.manifests.find((known) => matches(known.platform, platform));
    if (!manifest) return fail(response, 404, `image ${image.name} has no manifest for platform ${wanted}`);
  }
  response.setHeader("Content-Type", "application/x-tar");
  await pipeline(await image.export(manifest), response);
}

function parsePlatform(text: string): RequestedPlatform | undefined {
  try {
    return readPlatform(JSON.parse(text) as RequestedPlatform, "startFakeEngine");
  } catch {
    return undefined;
  }
}

function matches(known: RequestedPlatform, wanted: RequestedPlatform): boolean {
  const sameKind = known.os === wanted.os && known.architecture === wanted.architecture;
  return sameKind && (wanted.variant === undefined || known.variant === wanted.variant);
}

function summary({ id, name, size, manifests }: OciImage) {
  const [first] = manifests;
  return {
    Id: id,
    RepoTags: [name],
    RepoDigests: [`${name.split(":")[0]}@${id}`],
    Created: 0,
    Size: size,
    Os: first?.platform.os,
    Architecture: first?.platform.architecture,
  };
}

const fail = (response: ServerResponse, status: number, message: string): void =>
  json(response, status, { message });

function json(response: ServerResponse, status: number, value: unknown): void {
  const body = Buffer.from(JSON.stringify(value));
  response.writeHead(status, { "Content-Type": "application/json", "Content-Length": body.length });
  response.end(body);
}
