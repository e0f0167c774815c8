import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import type { RequestedPlatform } from "#generated/schema.js";
import { type Api, isOlder } from "../operation/index.js";
import { readPlatform } from "../platform.js";
import { type FakeImage, FakeImages, inspect } from "./fake-images.js";
import type { OciImage } from "./oci-image.js";

/** Options of {@link startFakeEngine}. */
export interface FakeEngineOptions {
  readonly images?: readonly FakeImage[] | undefined;
}

/** A running fake Engine; close it when done. */
export interface FakeEngine extends AsyncDisposable {
  /** Its address, for `new Docker({ host })`. */
  readonly host: string;
  /** Stops the server, closes its connections and removes its socket. */
  close(): Promise<void>;
}

/** Serves images on a temporary socket. @throws {ArgumentError} an image that cannot be */
export async function serveImages(api: Api, { images = [] }: FakeEngineOptions = {}): Promise<FakeEngine> {
  const built = await FakeImages.build(images);
  const server = createServer((request, response) => void answer(api, built, request, response));
  const { host, cleanUp } = await listen(server);
  const close = async (): Promise<void> => {
    server.closeAllConnections();
    await new Promise<void>((resolve) => server.close(() => resolve()));
    await cleanUp();
  };
  return { host, close, [Symbol.asyncDispose]: close };
}

async function listen(server: Server): Promise<{ host: string; cleanUp: () => Promise<void> }> {
  // Not every Node supports unix sockets on Windows; loopback does as well.
  const folder = process.platform === "win32" ? undefined : await mkdtemp(join(tmpdir(), "fake-engine-"));
  const socketPath = folder && join(folder, "engine.sock");
  const cleanUp = async (): Promise<void> => {
    if (folder) await rm(folder, { recursive: true, force: true });
  };
  try {
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      if (socketPath) server.listen(socketPath, resolve);
      else server.listen(0, "127.0.0.1", resolve);
    });
  } catch (error) {
    await cleanUp();
    throw error;
  }
  const { port } = server.address() as AddressInfo;
  return { host: socketPath ? `unix://${socketPath}` : `tcp://127.0.0.1:${port}`, cleanUp };
}

/** A failure to send as the answer. */
class Refusal extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

async function answer(
  { apiVersion }: Api,
  images: FakeImages,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const headers = { "Api-Version": apiVersion, Ostype: "linux", Server: `FakeEngine/${apiVersion}` };
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  try {
    const { method, url = "/" } = request;
    const { pathname, searchParams } = new URL(url, "http://localhost");
    await route(images, method, withoutVersion(pathname, apiVersion), searchParams, response);
  } catch (error) {
    if (error instanceof Refusal) json(response, error.status, { message: error.message });
    else response.destroy();
  }
}

/** Supported options of calls below /images; an Engine's other options would change the answer. */
const OPTIONS = { list: ["all", "digests"], inspect: [], export: ["platform"] } as const;

async function route(
  images: FakeImages,
  method: string | undefined,
  path: string,
  searchParams: URLSearchParams,
  response: ServerResponse,
): Promise<void> {
  if (method === "HEAD" && path === "/_ping") return void response.end();
  if (method !== "GET") throw new Refusal(404, "page not found");
  if (path === "/_ping") return void response.end("OK");
  if (path === "/images/json") {
    checkOptions(searchParams, "list");
    return json(response, 200, images.list());
  }
  const [, reference = "", action] = /^\/images\/(.+)\/(json|get)$/.exec(path) ?? [];
  if (action === undefined) throw new Refusal(404, "page not found");
  checkOptions(searchParams, action === "get" ? "export" : "inspect");
  const image = images.find(reference);
  if (!image) throw new Refusal(404, `No such image: ${reference}`);
  if (action === "json") return json(response, 200, inspect(image));
  const tar = await image.export(manifestOf(image, searchParams.get("platform")));
  response.setHeader("Content-Type", "application/x-tar");
  await pipeline(tar, response);
}

/** The unescaped path. Refuses a newer version, like an Engine. */
function withoutVersion(pathname: string, apiVersion: string): string {
  const [, version, path = pathname] = /^\/v(\d+\.\d+)(\/.*)$/.exec(pathname) ?? [];
  if (version !== undefined && isOlder(apiVersion, version)) {
    const message = `client version ${version} is too new. Maximum supported API version is ${apiVersion}`;
    throw new Refusal(400, message);
  }
  try {
    return decodeURIComponent(path);
  } catch {
    throw new Refusal(400, `the path ${path} is not escaped well`);
  }
}

function checkOptions(options: URLSearchParams, action: keyof typeof OPTIONS): void {
  const known: readonly string[] = OPTIONS[action];
  const unknown = [...options.keys()].find((name) => !known.includes(name));
  if (unknown === undefined) return;
  throw new Refusal(501, `the fake Engine does not know the option ${unknown} of an image ${action}`);
}

/** The requested platform to export, or undefined for all. */
function manifestOf(image: OciImage, wanted: string | null): OciImage["manifests"][number] | undefined {
  if (wanted === null) return undefined;
  const platform = parsePlatform(wanted);
  if (!platform) throw new Refusal(400, `invalid platform: ${wanted}`);
  const manifest = image.manifests.find((known) => matches(known.platform, platform));
  if (!manifest) throw new Refusal(404, `image ${image.name} has no manifest for platform ${wanted}`);
  return manifest;
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

function json(response: ServerResponse, status: number, value: unknown): void {
  const body = Buffer.from(JSON.stringify(value));
  response.writeHead(status, { "Content-Type": "application/json", "Content-Length": body.length });
  response.end(body);
}
