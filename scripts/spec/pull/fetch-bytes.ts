import { SpecError } from "../spec-error.js";

/** Fetches an address; tests pass their own. */
export type Fetch = typeof globalThis.fetch;

const TIMEOUT_MS = 60_000;

const ADVICE = "Check the network, or name a local copy with --from FILE|DIR or DOCKER_SPEC_SOURCE.";

/** The bytes at an address. @throws {SpecError} it fails or does not answer */
export async function fetchBytes(url: string, fetch?: Fetch): Promise<Buffer> {
  const found = await findBytes(url, fetch);
  if (found) return found;
  throw new SpecError(`Cannot fetch ${url}: it answered 404 Not Found. ${ADVICE}`);
}

/** The bytes at an address, or undefined if it answers 404. */
export async function findBytes(url: string, fetch: Fetch = globalThis.fetch): Promise<Buffer | undefined> {
  let response: Response;
  try {
    response = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS), headers: headersFor(url) });
    if (response.ok) return Buffer.from(await response.arrayBuffer());
    await response.body?.cancel();
  } catch (error) {
    const { message, cause } = error as Error & { cause?: NodeJS.ErrnoException };
    throw new SpecError(`Cannot fetch ${url}: ${cause?.message || cause?.code || message}. ${ADVICE}`, {
      cause: error,
    });
  }
  if (response.status === 404) return undefined;
  throw new SpecError(
    `Cannot fetch ${url}: it answered ${response.status} ${response.statusText}${limitOf(response)}. ${ADVICE}`,
  );
}

/** GitHub allows few anonymous requests; workflows have a token. */
function headersFor(url: string): Record<string, string> {
  const token = process.env.GITHUB_TOKEN;
  return token && new URL(url).host === "api.github.com" ? { authorization: `Bearer ${token}` } : {};
}

const limitOf = (response: Response): string =>
  response.headers.get("x-ratelimit-remaining") === "0"
    ? " (GitHub's limit of requests; set GITHUB_TOKEN or wait an hour)"
    : "";
