import { request as httpRequest, type IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";
import type { Duplex } from "node:stream";
import { onAbort } from "../../abort.js";
import { ArgumentError } from "../../errors.js";
import { can } from "../../members.js";
import { untilFound, type Waiting } from "./attempts.js";
import type { HttpCondition } from "./conditions.js";
import { checkedPort } from "./port-name.js";
import {
  connectReason,
  networkOwnerOf,
  placeOf,
  placeText,
  publishedPorts,
  unpublished,
} from "./published.js";
import { Unmet } from "./unmet.js";

const LONGEST_PAUSE_MS = 500;
const ATTEMPT_MS = 2000;
const BODY_LIMIT = 2 ** 20;

/** Waits until a request succeeds. */
export function httpAnswers(condition: HttpCondition, waiting: Waiting, signal: AbortSignal): Promise<void> {
  return waiting.watched.whileRunning(signal, async (_, running) => {
    const url = await urlOf(condition, waiting, running);
    const attempt = (): Promise<string | undefined> => ask(url, condition, running);
    await untilFound(attempt, { tell: waiting.tell, longestPause: LONGEST_PAUSE_MS }, running);
  });
}

async function urlOf(
  { target, options: { port, tls } }: HttpCondition,
  { watched, findHost }: Waiting,
  signal: AbortSignal,
): Promise<URL> {
  if (!target.startsWith("/")) return new URL(target);
  const inspected = await watched.running(signal);
  const owner = await networkOwnerOf(watched.docker, inspected, signal);
  const name = checkedPort(port ?? onlyPortOf(owner), "until.http");
  const host = placeOf(owner, name, "localhost") && (await findHost(signal));
  const place = host === undefined ? undefined : placeOf(owner, name, host);
  if (!place) throw unpublished(owner, name.name);
  return new URL(`${tls ? "https" : "http"}://${placeText(place)}${target}`);
}

function onlyPortOf(inspected: Parameters<typeof publishedPorts>[0]): string {
  const names = publishedPorts(inspected).flatMap(({ name }) => (name.endsWith("/tcp") ? [name] : []));
  const [only, second] = names;
  if (only && !second) return only;
  const which = names.length === 0 ? "publishes no TCP port" : `publishes ${names.join(", ")}`;
  throw new Unmet("unpublished", `${which}; say which one is meant, as in until.http("/", { port: 80 })`);
}

/** Sends the request once, on a separate connection. */
async function ask(
  url: URL,
  { accepts, options }: HttpCondition,
  signal: AbortSignal,
): Promise<string | undefined> {
  const { attemptTimeout = ATTEMPT_MS, body } = options;
  const ending = new AbortController();
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    ending.abort();
  }, attemptTimeout);
  const stopListening = onAbort(signal, () => ending.abort());
  let status = 0;
  let text = "";
  try {
    const response = await answerTo(url, options, ending.signal);
    status = response.statusCode ?? 0;
    if (body) text = await beginningOf(response);
  } catch (error) {
    const reason = isLate ? `no answer within ${attemptTimeout} ms` : connectReason(error as Error);
    return `${url.origin}: ${reason}`;
  } finally {
    clearTimeout(timer);
    stopListening();
    // Also closes the connection.
    ending.abort();
  }
  const isAccepted: unknown = accepts(status);
  if (typeof isAccepted !== "boolean") {
    if (can(isAccepted, "then")) Promise.resolve(isAccepted).catch(() => undefined);
    throw new ArgumentError("until.http: the function status must return true or false; it cannot be async");
  }
  if (!isAccepted) return `${url.origin}: status ${status}`;
  return body?.test(text) === false ? `${url.origin}: the body does not match ${body}` : undefined;
}

function answerTo(
  url: URL,
  { headers, method = "GET", tls }: HttpCondition["options"],
  signal: AbortSignal,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const settings = { method, headers: { ...headers }, agent: false, signal };
    const request =
      url.protocol === "https:"
        ? httpsRequest(url, { ...settings, ...(typeof tls === "object" && tls) }, resolve)
        : httpRequest(url, settings, resolve);
    // Node reports an answer that switches protocols to nobody, so the request would never end.
    const refuse = (response: IncomingMessage, socket: Duplex): void => {
      socket.destroy();
      reject(new Error(`status ${response.statusCode}, which switches protocols`));
    };
    request.on("upgrade", refuse).on("connect", refuse).on("error", reject).end();
  });
}

async function beginningOf(response: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of response.setEncoding("utf8")) {
    text += chunk;
    if (text.length > BODY_LIMIT) break;
  }
  return text;
}
