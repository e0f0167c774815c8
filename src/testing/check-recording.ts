import type { Docker } from "../docker.js";
import { isOlder } from "../operation/index.js";
import { TRANSPORT, type Transport } from "../transport/index.js";
import { AskedAgain } from "./asked-again.js";
import { type Exchange, type ReplayedEvent, readRecording } from "./read-recording.js";
import { shownExchange } from "./recorded-request.js";

/** Result of {@link checkRecording}. */
export interface RecordingDrift {
  /** Differences in the Engine's answers; empty if there are none. Each begins with the request. */
  readonly differences: readonly string[];
  /** Requests that cannot be repeated, and why: they need a secret that is masked, or belong to a BuildKit build. */
  readonly unchecked: readonly string[];
}

/**
 * Repeats the requests of a recording in order, and reports how the answers of a real Engine differ from the recorded ones.
 *
 * It changes the Engine like the recorded program did: use a test Engine, in the state in which the recording began. IDs
 * of new containers and the like replace the recorded ones. Anything that differs from run to run is not compared: IDs,
 * times and durations, addresses, names that the Engine makes up, numbers that are sizes, counts, ports or process IDs,
 * how often progress is reported, masked values, and contents of tars. Masked values of environments are sent masked;
 * masked headers, such as logins, are not sent.
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

/** Useless with a masked body. Environments and the like may be masked: the container does not run anything that needs them. */
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

/** Why a request cannot be repeated. */
function obstacle({ request, isMasked, events }: Exchange): string | undefined {
  const { operation, url } = request;
  if (operation === "Session" || /[?&]session=/.test(url)) return "it belongs to a BuildKit build";
  const needsSecret = url.includes("***") || (isMasked && NEEDS_ITS_SECRET.has(operation));
  const isSentMasked = events.some((event) => "sent" in event && event.masked);
  return needsSecret || isSentMasked ? "it needs a secret that is masked" : undefined;
}

/** The events in the order in which they happened; a request is undefined. */
function inOrder(exchanges: readonly Exchange[]): [Exchange, ReplayedEvent | undefined][] {
  const all = exchanges.flatMap((exchange) => [
    { order: exchange.order, exchange, event: undefined },
    ...exchange.events.map((event) => ({ order: event.order, exchange, event })),
  ]);
  return all.sort((a, b) => a.order - b.order).map(({ exchange, event }) => [exchange, event]);
}

const versionOf = (exchanges: readonly Exchange[]): string | undefined =>
  exchanges.flatMap(({ request }) => /^\/v([\d.]+)\//.exec(request.url)?.[1] ?? [])[0];
