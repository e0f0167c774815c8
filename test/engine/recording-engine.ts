import { createServer } from "node:http";
import { listen } from "../helpers/listen.js";

/** A request that contacts a registry. */
export interface Recorded {
  readonly path: string;
  /** The login in X-Registry-Auth, without empty members; undefined if the header has none. */
  readonly auth: object | undefined;
  readonly body: unknown;
}

/** What stands in for an Engine: notes the logins it is sent, and says that all went well. */
export interface RecordingEngine extends AsyncDisposable {
  readonly host: string;
  /** The requests since the last call of this. */
  take(): Recorded[];
  /** What it gives in exchange for a login from now on. */
  identityToken: string;
}

export async function recordingEngine(): Promise<RecordingEngine> {
  const recorded: Recorded[] = [];
  const server = createServer(async (request, response) => {
    const { method, url = "" } = request;
    const path = url.replace(/^\/v\d\.\d+/, "");
    let text = "";
    for await (const chunk of request) text += chunk;
    response.setHeader("Api-Version", "1.41").setHeader("Ostype", "linux");
    if (path === "/_ping") return response.end(method === "HEAD" ? undefined : "OK");
    response.setHeader("Content-Type", "application/json");
    if (method === "GET") return response.end("{}");
    const header = request.headers["x-registry-auth"] as string | undefined;
    recorded.push({ path, auth: loginIn(header), body: text === "" ? undefined : JSON.parse(text) });
    const answer = { Status: "Login Succeeded", IdentityToken: engine.identityToken };
    return response.end(`${JSON.stringify(path === "/auth" ? answer : { status: "done" })}\n`);
  });
  const running = await listen(server, "unix");
  const engine: RecordingEngine = {
    host: running.host,
    identityToken: "",
    take: () => recorded.splice(0),
    [Symbol.asyncDispose]: () => running.close(),
  };
  return engine;
}

/** A login that names only its registry does not count. */
function loginIn(header = "e30="): object | undefined {
  const login: object = JSON.parse(Buffer.from(header, "base64url").toString());
  const members = Object.entries(login).filter(([, value]) => value !== "");
  return members.some(([name]) => name !== "serveraddress") ? Object.fromEntries(members) : undefined;
}
