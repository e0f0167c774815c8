import { apiVersion } from "../../generated/operations.js";
import type { EngineResponse } from "../transport/index.js";
import { isOlder } from "./api-version.js";

const TOO_OLD = /client version (\d+\.\d+) is too old\. Minimum supported API version is (\d+\.\d+)/;

/** What to do about an Engine that no longer speaks the version it was called with; undefined for any other failure. */
export function versionAdvice(body: unknown, response: EngineResponse): string | undefined {
  if (response.status !== 400) return undefined;
  const { message } = (body ?? {}) as { readonly message?: unknown };
  const [, used, minimum] = TOO_OLD.exec(typeof message === "string" ? message : "") ?? [];
  if (used === undefined || minimum === undefined) return undefined;
  const newest = response.headers.get("api-version");
  const spoken = `This Engine speaks API ${minimum}${newest ? ` to ${newest}` : " and later"}`;
  if (!isOlder(apiVersion, minimum)) {
    return `${spoken}: leave out the option apiVersion and DOCKER_API_VERSION, which pin ${used}.`;
  }
  return (
    `${spoken}, this release of docker-engine-sdk ${apiVersion} and older. ` +
    "Use a release for one of those versions: they are its major and minor number. " +
    `Until then apiVersion: "${minimum}" works for calls that are the same there.`
  );
}
