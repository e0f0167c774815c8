import { byAge } from "../api-versions.js";
import { SpecError } from "../spec-error.js";
import { type Fetch, fetchBytes, findBytes } from "./fetch-bytes.js";
import type { Lock, PublishedEntry } from "./lock.js";
import { sha256 } from "./sha256.js";

/** Where moby publishes the descriptions of its API. */
const REPOSITORY = "https://github.com/moby/moby";
const API = "https://api.github.com/repos/moby/moby";
const RAW = "https://raw.githubusercontent.com/moby/moby";
const FOLDER = "api/docs";

const pathOf = (api: string): string => `${FOLDER}/v${api}.yaml`;

/** The API version in a file name such as v1.48.yaml. */
export const versionOf = (file: string): string | undefined => /^v(\d+\.\d+)\.yaml$/.exec(file)?.[1];

/** The API versions that moby publishes, oldest first. */
export async function publishedVersions(fetch?: Fetch): Promise<string[]> {
  const url = `${API}/contents/${FOLDER}`;
  const names = (await fetchJson<{ readonly name: string }[]>(url, fetch)).map(({ name }) => name);
  const versions = names.map(versionOf).filter((version) => version !== undefined);
  if (versions.length === 0) {
    throw new SpecError(
      `${url} lists no vX.YY.yaml. Moby may have moved its descriptions: see ${REPOSITORY}.`,
    );
  }
  return versions.sort(byAge);
}

/** The latest state of a version's description: its bytes, and the entry that pins them. */
export async function pin(api: string, fetch?: Fetch): Promise<{ bytes: Buffer; entry: PublishedEntry }> {
  const path = pathOf(api);
  const query = `${API}/commits?path=${encodeURIComponent(path)}&per_page=1`;
  const [last] = await fetchJson<{ readonly sha: string }[]>(query, fetch);
  if (!last) {
    const versions = await publishedVersions(fetch);
    throw new SpecError(
      `Moby publishes no ${path}: it has ${versions[0]} to ${versions.at(-1)}. Name one of these, or a local copy with --from.`,
    );
  }
  const url = `${RAW}/${last.sha}/${path}`;
  const bytes = await fetchBytes(url, fetch);
  return { bytes, entry: { repository: REPOSITORY, commit: last.sha, path, url, sha256: sha256(bytes) } };
}

/** Upstream changes since a lock, one per line; none if it is up to date. */
export async function newsSince(lock: Lock, fetch?: Fetch): Promise<string[]> {
  const news: string[] = [];
  const known = Object.keys(lock).sort(byAge);
  for (const api of known) {
    const url = `${RAW}/HEAD/${pathOf(api)}`;
    const bytes = await findBytes(url, fetch);
    if (!bytes) news.push(`${api}: upstream no longer publishes it (${url} answered 404)`);
    else if (sha256(bytes) !== lock[api]?.sha256) {
      news.push(
        `${api}: upstream changed (sha256 ${sha256(bytes)}); take the change with: ` +
          `npm run spec -- pull --api ${api} --repin`,
      );
    }
  }
  const newest = known.at(-1);
  for (const api of await publishedVersions(fetch)) {
    if (newest === undefined || byAge(api, newest) > 0) {
      news.push(`${api}: new upstream; add it with: npm run spec -- pull --api ${api}`);
    }
  }
  return news;
}

async function fetchJson<T>(url: string, fetch: Fetch | undefined): Promise<T> {
  const text = (await fetchBytes(url, fetch)).toString("utf8");
  try {
    const value: unknown = JSON.parse(text);
    if (Array.isArray(value)) return value as T;
  } catch {
    // Reported below, like valid JSON that is not a list.
  }
  throw new SpecError(`${url} answered ${JSON.stringify(text.slice(0, 80))}, which is not a JSON list.`);
}
