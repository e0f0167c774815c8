import type { EngineResponse } from "../transport/index.js";
import { isOlder } from "./api-version.js";

interface Versions {
  /** The newest version that we speak. */
  readonly own: string;
  /** The call's version. */
  readonly used: string;
}

/** What to do about a failure; undefined if the Engine's message must suffice. */
export const adviceOn = (versions: Versions, body: unknown, response: EngineResponse): string | undefined =>
  versionAdvice(versions, body, response) ?? routeAdvice(body, response);

const TOO_OLD = /client version (\d+\.\d+) is too old\. Minimum supported API version is (\d+\.\d+)/;

/** For an Engine that does not speak the version of the call. */
function versionAdvice({ own, used }: Versions, body: unknown, response: EngineResponse): string | undefined {
  if (response.status !== 400) return undefined;
  const message = messageIn(body);
  if (!message.trim()) return unexplained(used);
  const [, refused, minimum] = TOO_OLD.exec(message) ?? [];
  if (refused === undefined || minimum === undefined) return undefined;
  const newest = response.headers.get("api-version");
  const spoken = `This Engine speaks API ${minimum}${newest ? ` to ${newest}` : " and later"}`;
  if (!isOlder(own, minimum)) {
    return `${spoken}: omit the option apiVersion and DOCKER_API_VERSION, which pin ${refused}.`;
  }
  return (
    `${spoken}, this release of docker-engine-sdk ${own} and older. ` +
    "Use a release for one of those versions. " +
    `Until then, apiVersion: "${minimum}" works for calls that have not changed.`
  );
}

/** Docker Desktop may lose the message of an Engine that refuses a version. */
const unexplained = (used: string): string =>
  `Docker Desktop answers like this if it does not speak API ${used}, the version of this call: \`docker version\` shows ` +
  "which it speaks. Set the option apiVersion to one of those, or omit it and DOCKER_API_VERSION.";

const NO_ROUTE = /^(Not Found|Method Not Allowed|page not found|Path \S+ is not supported)$/;

/** For a server that does not know the operation, which must not be taken for an object that does not exist. */
function routeAdvice(body: unknown, { status }: EngineResponse): string | undefined {
  if ((status !== 404 && status !== 405) || !NO_ROUTE.test(messageIn(body).trim())) return undefined;
  return (
    "The server does not have this operation. Podman and older Engines lack some: " +
    "see docs/engines.md of docker-engine-sdk."
  );
}

/** The message of a failure, which may be the whole body. */
function messageIn(body: unknown): string {
  const { message = body } = (body ?? {}) as { readonly message?: unknown };
  return typeof message === "string" ? message : "";
}
