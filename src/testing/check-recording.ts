import type { Docker } from "../docker.js";
import { isOlder } from "../operation/index.js";
import { TRANSPORT, type Transport } from "../transport/index.js";
import { AskedAgain } from "./asked-again.js";
import { type Exchange, type ReplayedEvent, readRecording } from "./read-recording.js";
import { shownExchange } from "./recorded-request.js";

/** What {@link checkRecording} found. */
export interface RecordingDrift {
  /** What the Engine answers otherwise; empty if nothing. Each begins with the request. */
  readonly differences: readonly string[];
  /** Requests that cannot be made again, and why: they need a secret that is masked, or belong to a BuildKit build. */
  readonly unchecked: readonly string[];
}

/**
 * Makes the requests of a recording again, in their order, and says how the answers of a real Engine differ from the recorded ones.
 *
 * It changes the Engine as the recorded program did: use one for tests, in the state in which the recording began. IDs of new
 * containers and the like take the place of the recorded ones. Not compared is what differs from run to run: IDs, times and spans of
 * time, addresses, names that the Engine makes up, numbers that are sizes, counts, ports or process IDs, how often progress is
 * told, masked values, and what is in tars. Masked values of environments are sent masked, and masked headers, such as logins, not
 * at all.
 *
 * @param file a recording of {@link recordEngine}
 * @param docker a client of the Engine
 * @returns the differences, and what could not be checked
 * @throws {ArgumentError} the file cannot be read, is not a recording, or is cut off
 * @throws {DockerError} the Engine cannot be reached
 * @example
 * const { differences } = await checkRecording("test/fixtures/list.jsonl", new Docker());
 * expect(differences).toEqual([]);
 */
export async function checkRecording(file: string, docker: Docker): Promise<RecordingDrift> {
  const exchanges = readRecording(file, "checkRecording");
  const transport = (docker as unknown as { readonly [TRANSPORT]: Transport })[TRANSPORT];
  const { ApiVersion: engine = "" } = await docker.systemVersion();
  const recorded = versionOf(exchanges);
  const version = recorded !== undefined && isOlder(engine, recorded) ? engine : (recorded ?? engine);
  const differences =
    version === recorded || recorded === undefined
      ? []
      : [`The Engine knows API version ${engine} at most, and the recording is of ${recorded}`];
  const checked = exchanges.filter((exchange) => obstacle(exchange) === undefined);
  const ids = new Map<string, string>();
  const running = new Map(checked.map((exchange) => [exchange, new AskedAgain(exchange, file, ids)]));
  try {
    for (const [exchange, event] of inOrder(checked)) {
      const asked = running.get(exchange) as AskedAgain;
      if (event === undefined) await asked.begin(transport, version);
      else await asked.step(event);
      if (event !== undefined && event === exchange.events.at(-1)) {
        differences.push(...asked.drift().map((found) => `${shownExchange(exchange)}: ${found}`));
      }
    }
  } finally {
    for (const asked of running.values()) await asked[Symbol.asyncDispose]();
  }
  const unchecked = exchanges.flatMap((exchange) => {
    const reason = obstacle(exchange);
    return reason === undefined ? [] : [`${shownExchange(exchange)}: ${reason}`];
  });
  return { differences, unchecked };
}

/** Of no use with a masked body. Environments and the like may be masked: the container does not run what needs them. */
const NEEDS_ITS_SECRET: ReadonlySet<string> = new Set([
  "ConfigCreate",
  "ConfigUpdate",
  "PluginSet",
  "SecretCreate",
  "SecretUpdate",
  "SwarmJoin",
  "SwarmUnlock",
  "SystemAuth",
]);

/** Why a request cannot be made again. */
function obstacle({ request, isMasked, events }: Exchange): string | undefined {
  const { operation, url } = request;
  if (operation === "Session" || /[?&]session=/.test(url)) return "it belongs to a BuildKit build";
  const needsSecret = url.includes("***") || (isMasked && NEEDS_ITS_SECRET.has(operation));
  const isSentMasked = events.some((event) => "sent" in event && event.masked);
  return needsSecret || isSentMasked ? "it needs a secret that is masked" : undefined;
}

/** What happened, in the order in which it did; a request is undefined. */
function inOrder(exchanges: readonly Exchange[]): [Exchange, ReplayedEvent | undefined][] {
  const all = exchanges.flatMap((exchange) => [
    { order: exchange.order, exchange, event: undefined },
    ...exchange.events.map((event) => ({ order: event.order, exchange, event })),
  ]);
  return all.sort((a, b) => a.order - b.order).map(({ exchange, event }) => [exchange, event]);
}

const versionOf = (exchanges: readonly Exchange[]): string | undefined =>
  exchanges.flatMap(({ request }) => /^\/v([\d.]+)\//.exec(request.url)?.[1] ?? [])[0];
