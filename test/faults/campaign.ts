import { getEventListeners } from "node:events";
import { setTimeout as sleep, setImmediate as turn } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import { Docker, type EngineError, isDockerError } from "../../src/index.js";
import type { Answer } from "./answers.js";
import type { Fault } from "./faults.js";
import { type OriginRequest, startOrigin } from "./origin.js";
import { CASE_HEADER, type FaultProxy, startProxy } from "./proxy.js";

/** One answer, one fault, the byte it strikes before, and whether the call goes over a connection kept from another. */
interface Case {
  readonly answer: Answer;
  readonly fault: Fault;
  readonly at: number;
  readonly transport: "unix" | "tcp";
  readonly kept: boolean;
}

/** A call's end. */
type Outcome = { readonly value: unknown } | { readonly error: unknown } | "hung";

/** What a campaign found. */
export interface Report {
  readonly cases: number;
  /** Cases by fault and by answer. */
  readonly byFault: Readonly<Record<string, number>>;
  /** What was promised and not kept, a line each. */
  readonly problems: readonly string[];
}

/** Above this a call is hung: it is well past every timeout that a case sets. */
const HUNG_MS = 30_000;
/** A fault that tells the client of the end must not need the timeout. */
const TIMEOUT_MS = 15_000;
/** One that tells nothing is over by the timeout before the answer has begun, and by the signal afterwards. */
const STALL_TIMEOUT_MS = 150;
const STALL_ABORT_MS = 300;
const SIDE_BY_SIDE = 48;

export interface Scope {
  readonly answers: readonly Answer[];
  readonly faults: readonly Fault[];
  readonly transports: readonly Case["transport"][];
  /** Strikes before every byte whose number divides by this, and at the boundaries of head and body in any case. */
  readonly every: number;
}

/** The requests of each case, such as "GET /containers/json". */
type Requests = Map<string, string[]>;

/** Has each fault strike each answer at each of the chosen bytes, and checks what is promised. */
export async function campaign(scope: Scope): Promise<Report> {
  const requests: Requests = new Map();
  const origin = await startOrigin((request) => {
    const id = request.header(CASE_HEADER);
    if (id !== undefined) requests.set(id, [...(requests.get(id) ?? []), request.line]);
    return sentFor(scope.answers, request);
  });
  const proxy = await startProxy(origin.path);
  const problems: string[] = [];
  const byFault: Record<string, number> = {};
  const cases = casesOf(scope);
  const next = cases[Symbol.iterator]();
  const work = async (): Promise<void> => {
    for (let step = next.next(); !step.done; step = next.next()) {
      const one = step.value;
      byFault[one.fault.name] = (byFault[one.fault.name] ?? 0) + 1;
      for (const problem of await tryCase(one, proxy, requests)) problems.push(`${titleOf(one)}: ${problem}`);
    }
  };
  const timersBefore = timers();
  await Promise.all(Array.from({ length: SIDE_BY_SIDE }, work));
  if (!(await comesTrue(() => proxy.connections() === 0))) {
    problems.push(`${proxy.connections()} connections are open after all clients were closed`);
  }
  if (!(await comesTrue(() => timers() <= timersBefore))) {
    problems.push(`${timers() - timersBefore} timers are left after all clients were closed`);
  }
  await proxy.close();
  await origin.close();
  return { cases: cases.length, byFault, problems };
}

function casesOf({ answers, faults, transports, every }: Scope): Case[] {
  const cases: Case[] = [];
  for (const answer of answers) {
    for (const fault of faults) {
      for (const transport of transports) {
        if (fault.tcpOnly && transport !== "tcp") continue;
        for (const at of placesIn(answer, fault, every)) {
          const one = { answer, fault, at, transport };
          cases.push({ ...one, kept: false });
          // Where a connection comes from differs only until its answer has begun.
          if (at <= BEGUN) cases.push({ ...one, kept: true });
        }
      }
    }
  }
  return cases;
}

/** Well inside of the status line. */
const BEGUN = 6;
/** Inside of a large body one byte is like the next. */
const LARGE = 1000;
const EVERY_OF_LARGE = 8;

/** The bytes to strike before: every so many, and all around the ends of head and body. */
function placesIn(answer: Answer, fault: Fault, every: number): number[] {
  if (fault.endsChunks && answer.endsBy !== "chunks") return [];
  const head = headLength(answer);
  const whole = wholeLength(answer);
  const step = every > 1 && answer.body.length > LARGE ? every * EVERY_OF_LARGE : every;
  const edges = [0, 1, BEGUN, head - 2, head - 1, head, head + 1, whole - 1, whole];
  const places = Array.from({ length: whole + 1 }, (_, at) => at).filter(
    (at) => at % (at > head ? step : every) === 0 || edges.includes(at),
  );
  // Before the body there are no chunks to end; the head may lack its last line end, which the last chunk begins with.
  if (fault.endsChunks) return places.filter((at) => at === head - 2 || at >= head);
  // An answer that is known to be whole has ended: nothing stalls.
  return fault.stalls && !fault.tellsNothingOfWhole?.(answer.endsBy)
    ? places.filter((at) => at < whole)
    : places;
}

const PROBE: OriginRequest = { line: "", header: () => "" };
const headLength = ({ head }: Answer): number => (typeof head === "function" ? head(PROBE) : head).length;

const wholeLength = (answer: Answer): number => headLength(answer) + answer.body.length;

function sentFor(answers: readonly Answer[], request: OriginRequest) {
  const answer = answers.find(({ line }) => line === request.line);
  if (!answer) return { bytes: CLEAN, closes: false };
  const head = typeof answer.head === "function" ? answer.head(request) : answer.head;
  const closes = answer.endsBy === "connection" || answer.endsBy === "closing frame";
  return { bytes: Buffer.concat([head, answer.body]), closes };
}

/** What a call is answered that no fault strikes, before and after the one of the case. */
const CLEAN = Buffer.from(
  'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n["clean"]',
);
const askClean = (docker: Docker, timeout: number) => docker.volumeList({}, { timeout });

async function tryCase(one: Case, proxy: FaultProxy, requests: Requests): Promise<string[]> {
  const problems: string[] = [];
  const { answer, fault, kept, transport } = one;
  const docker = new Docker({ host: proxy.hosts[transport], env: {} });
  if (kept) await askClean(docker, TIMEOUT_MS);
  const id = proxy.arm(one);
  const ending = new AbortController();
  const { signal } = ending;
  const timeout = fault.stalls ? STALL_TIMEOUT_MS : TIMEOUT_MS;
  // A busy machine may be late with a timeout; the signal must not come before one that is due.
  const isAborted = fault.stalls && !isInHead(one);
  const abort = isAborted ? setTimeout(() => ending.abort(), STALL_ABORT_MS) : undefined;
  const outcome = await outcomeOf(answer.read(docker, { signal, timeout, headers: { [CASE_HEADER]: id } }));
  clearTimeout(abort);
  const problem = judge(one, outcome);
  if (problem) problems.push(problem);
  // Logs whose format a fault hides need an inspection as well, which is another request.
  const lines = requests.get(id) ?? [];
  for (const line of new Set(lines)) {
    const sent = lines.filter((other) => other === line).length;
    if (sent > (isRepeated(one) ? 2 : 1)) problems.push(`${line} was sent ${sent} times`);
  }
  await turn();
  const listeners = getEventListeners(signal, "abort").length;
  if (listeners > 0 && !(await comesTrue(() => getEventListeners(signal, "abort").length === 0))) {
    problems.push(`${listeners} listeners are left on the signal`);
  }
  if (!(await comesTrue(() => !proxy.isOpen(id)))) problems.push("its broken connection is still open");
  const clean = await outcomeOf(askClean(docker, TIMEOUT_MS));
  if (clean === "hung" || !("value" in clean) || !isDeepStrictEqual(clean.value, ["clean"])) {
    problems.push(`the next call gave ${shown(clean)}`);
  }
  await docker.close();
  return problems;
}

function outcomeOf(call: Promise<unknown>): Promise<Outcome> {
  return new Promise((resolve) => {
    const hung = setTimeout(() => resolve("hung"), HUNG_MS);
    const settle = (outcome: Outcome): void => {
      clearTimeout(hung);
      resolve(outcome);
    };
    call.then(
      (value) => settle({ value }),
      (error: unknown) => settle({ error }),
    );
  });
}

/** What is wrong with an outcome; undefined if it is one of those that are promised. */
function judge(one: Case, outcome: Outcome): string | undefined {
  if (outcome === "hung") return `hung for ${HUNG_MS} ms`;
  if ("value" in outcome) {
    return mayBe(one, outcome.value) ? undefined : `gave ${shown(outcome)}`;
  }
  const { error } = outcome;
  if (!isDockerError(error))
    return `threw something other than a DockerError: ${String((error as Error)?.stack ?? error)}`;
  const allowed = errorsFor(one);
  if (!allowed.includes(error.name))
    return `threw ${error.name} (${error.message}), not ${allowed.join(" or ") || "a value"}`;
  if (error.name === "EngineError" && one.fault.does !== "added") {
    const status = (error as EngineError).status;
    if (!("refusal" in one.answer.want) || status !== one.answer.want.refusal)
      return `threw ${error.message}`;
  }
  return undefined;
}

/** Whether a value may be given: the right one; and one that nobody could tell from it. */
function mayBe(one: Case, value: unknown): boolean {
  const { answer, fault } = one;
  const { want, cannotTell, mayBeAll, endsBy } = answer;
  const inHead = isInHead(one);
  if ("value" in want && isDeepStrictEqual(value, want.value)) return true;
  if (fault.does === "added") return cannotTell === "all" || (cannotTell === "head" && inHead);
  if (fault.does === "none" || inHead) return false;
  const looksWhole = fault.endsChunks || (endsBy === "connection" && fault.endsConnection);
  return looksWhole === true && mayBeAll?.(value) === true;
}

/** Whether an answer's head is not over. */
const isInHead = ({ answer, fault, at }: Case): boolean => !fault.endsChunks && at < headLength(answer);

/** Whether a call is sent again: nothing is known to have come of it, and to repeat it changes nothing. */
const isRepeated = ({ answer, fault, at, kept }: Case): boolean =>
  kept && at === 0 && !fault.endsChunks && /^(GET|HEAD) /.test(answer.line) && answer.kind !== "websocket";

/** The errors that are right for a case, by name. */
function errorsFor(one: Case): string[] {
  const { answer, fault, at } = one;
  const refused = "refusal" in answer.want ? ["EngineError"] : [];
  if (fault.does === "none") return refused;
  if (fault.does === "added") return ["ConnectionError", "StreamError", "EngineError"];
  if (at === wholeLength(answer) && !fault.tellsNothingOfWhole?.(answer.endsBy)) return refused;
  if (isInHead(one)) return fault.stalls ? ["TimeoutError"] : isRepeated(one) ? refused : ["ConnectionError"];
  return fault.stalls ? ["TimeoutError", "AbortedError", ...refused] : ["StreamError", ...refused];
}

function titleOf(one: Case): string {
  const { answer, fault, at, transport, kept } = one;
  const place = isInHead(one) ? "head" : "body";
  return `${answer.name}, ${fault.name} before byte ${at} (${place}) over ${transport}${kept ? ", kept" : ""}`;
}

function shown(outcome: Outcome): string {
  if (outcome === "hung") return "nothing";
  if ("error" in outcome) return String(outcome.error);
  const text =
    JSON.stringify(outcome.value, (_, value) => (typeof value === "bigint" ? `${value}n` : value)) ??
    "undefined";
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
}

const timers = (): number => process.getActiveResourcesInfo().filter((kind) => kind === "Timeout").length;

async function comesTrue(holds: () => boolean): Promise<boolean> {
  for (let i = 0; i < 200 && !holds(); i += 1) await sleep(10);
  return holds();
}
