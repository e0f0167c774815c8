import { StreamError } from "../../errors.js";
import { exec } from "../containers/exec.js";
import { OutputTail } from "../containers/output-tail.js";
import type { EngineClient } from "../engine-client.js";

/** A listening socket inside a container. */
export interface ListeningSocket {
  readonly port: number;
  /** Whether only the container itself can reach it. */
  readonly isLoopback: boolean;
}

const ATTEMPT_MS = 5000;
const OUTPUT_EXCERPT = 300;
/** Limit for the tables in bytes, at 150 per socket. */
const TABLES_LIMIT = 4 * 2 ** 20;
/** Messages of runtimes and of `cat` itself. Any other problem may go away, such as no process to join. */
const IS_MISSING =
  /(?:exec: "cat"|`cat`|\bcat:).*(?:not found|no such file|can't open)|cannot find the file/i;

/** States as the kernel writes them: listening or, for UDP, not connected. */
const STATES = { tcp: "0A", udp: "07" } as const;

/**
 * The sockets that listen inside a container, from the kernel's tables; undefined if they cannot be read, because the image
 * has no `cat`. The Engine's archives have no /proc.
 *
 * @throws {StreamError} `cat` failed otherwise
 */
export async function socketsInside(
  docker: EngineClient,
  container: string,
  protocol: "tcp" | "udp",
  signal: AbortSignal,
): Promise<ListeningSocket[] | undefined> {
  const tables = [`/proc/net/${protocol}`, `/proc/net/${protocol}6`];
  const output = new OutputTail(TABLES_LIMIT);
  const options = { signal, timeout: ATTEMPT_MS, combined: output };
  const { exitCode } = await exec(docker, container, ["cat", ...tables], options);
  // Without IPv6 there is only one table, and cat exits with 1.
  const { text } = output;
  if (text.includes("local_address")) return listeningIn(text, protocol);
  const excerpt = text.slice(-OUTPUT_EXCERPT);
  if (IS_MISSING.test(excerpt)) return undefined;
  throw new StreamError(`cat ${tables[0]} exited with ${exitCode} in the container: ${excerpt}`);
}

/** Reads tables as in /proc/net/tcp. */
export function listeningIn(tables: string, protocol: "tcp" | "udp"): ListeningSocket[] {
  const rows = tables.matchAll(/^ *\d+: ([0-9A-F]+):([0-9A-F]{4}) [0-9A-F]+:[0-9A-F]{4} ([0-9A-F]{2}) /gm);
  return [...rows]
    .filter(([, , , state]) => state === STATES[protocol])
    .map(([, address = "", port = ""]) => ({
      port: Number.parseInt(port, 16),
      isLoopback: isLoopback(address),
    }));
}

/** In the byte order of the processor, four bytes at a time: 127.x.y.z, ::ffff:127.x.y.z or ::1. */
const isLoopback = (address: string): boolean =>
  /^(?:0{16}(?:F{4}0{4}|0{4}F{4}))?(?:[0-9A-F]{6}7F|7F000001)$/.test(address) ||
  /^0{24}(?:01000000|00000001)$/.test(address);
