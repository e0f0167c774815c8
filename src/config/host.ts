import { ConfigError } from "../errors.js";
import { quote, quoteSafe } from "../quote.js";
import { type Authority, parseAuthority } from "./authority.js";
import type { Endpoint, TlsMaterial } from "./endpoint.js";

const TCP_PORT = 2375;
const TLS_PORT = 2376;
const ACCEPTED =
  "unix:///path/to/docker.sock, npipe:////./pipe/name, tcp://host[:port][/base], http:// and https:// likewise, and " +
  "ssh://[user@]host[:port][/path/to/docker.sock]";

// biome-ignore lint/suspicious/noControlCharactersInRegex: matching them is the purpose
const CONTROL = /[\x00-\x1f\x7f]/;

/** Throws the error for a problem, worded to follow the quoted host. */
type Fail = (problem: string) => never;

/**
 * Parses a host such as "unix:///var/run/docker.sock" or "tcp://10.0.0.5:2375".
 *
 * @param source where the host comes from; prefix of errors
 * @param tls finds TLS settings; called only for addresses that can use them, so that a unix socket does not fail over
 * missing certificates. Without settings, https:// trusts the platform's authorities.
 * @throws {ConfigError} the host is not one of the accepted forms
 */
export function parseHost(host: string, source: string, tls?: () => TlsMaterial | undefined): Endpoint {
  const fail: Fail = (problem) => {
    const subject = source.charAt(0).toUpperCase() + source.slice(1);
    throw new ConfigError(`${subject} ${quoteSafe(redactHost(host))} ${problem}. Accepted: ${ACCEPTED}.`);
  };
  const text = host.trim();
  // Only pipes may omit the slashes: npipe:\\.\pipe\name.
  const [, scheme = "", rest = ""] =
    /^(npipe(?=:)|[a-z][a-z0-9+.-]*(?=:\/\/)):(?:\/\/)?(.*)$/is.exec(text) ?? fail(unschemed(text));
  if (CONTROL.test(text)) return fail("has control characters");
  switch (scheme.toLowerCase()) {
    case "unix":
      return { kind: "unix", socketPath: socketPath(rest, fail) };
    case "npipe":
      return { kind: "npipe", path: pipePath(rest, fail) };
    case "tcp":
    case "http":
      return tcp(parseAuthority(rest, fail), tls?.(), fail);
    case "https":
      return tcp(parseAuthority(rest, fail), tls?.() ?? { verify: true, source }, fail);
    case "ssh":
      return ssh(parseAuthority(rest, fail), fail);
    default:
      return fail(`has the scheme ${quote(scheme)}, which is not supported`);
  }
}

/** Formats a host for a message: without user, password, query and fragment, which may hold secrets. */
export function redactHost(host: string): string {
  const [, scheme = "", rest = ""] = /^([a-z][a-z0-9+.-]*:\/\/)?(.*)$/is.exec(host) ?? [];
  // A file path is not secret, and may contain an "@".
  if (/^(?:unix:\/\/)?$/i.test(scheme) && /^\/(?!\/)/.test(rest)) return host;
  return scheme + rest.replace(/^(\/*).*@/s, "$1***@").replace(/[?#].*$/s, (tail) => `${tail[0]}***`);
}

function unschemed(text: string): string {
  if (text === "") return "is empty";
  if (/^\/(?!\/)/.test(text)) return `has no scheme; write "unix://${text}" for a socket`;
  const [, path] = /^unix:(\/(?!\/).*)/i.exec(text) ?? [];
  if (path !== undefined) return `lacks two slashes; write "unix://${path}"`;
  if (/^[\\/]{2}\.[\\/]pipe[\\/]/i.test(text))
    return 'has no scheme; write "npipe:" before the name of a pipe';
  if (/^[a-z0-9.-]+:\d+$/i.test(text)) return `has no scheme; write "tcp://${text}" for an address`;
  // As in other clients, which take the port separately.
  const isName = /^(?:localhost|[a-z0-9-]+(?:\.[a-z0-9-]+)+)$/i.test(text) && !/\.sock$/i.test(text);
  return isName ? `has no scheme; write "tcp://${text}:${TCP_PORT}" for an address` : "has no scheme";
}

function socketPath(path: string, fail: Fail): string {
  if (!path.startsWith("/")) return fail("is not an absolute path");
  return path.endsWith("/") ? fail("is a folder, not a socket") : path;
}

/** Normalizes all spellings in use: any number of slashes, forward or backward. */
function pipePath(path: string, fail: Fail): string {
  const parts = path.split(/[\\/]+/).filter((part) => part !== "");
  const [server, pipe, ...name] = parts;
  if (!server || pipe?.toLowerCase() !== "pipe" || name.length === 0)
    return fail("is not the name of a pipe");
  return `//${server}/pipe/${name.join("/")}`;
}

function tcp({ user, hostname, port, path }: Authority, tls: TlsMaterial | undefined, fail: Fail): Endpoint {
  if (user !== undefined) return fail("has a user, which the Engine ignores");
  // URL escapes invalid characters and resolves "..".
  const basePath = new URL(`http://host${path}`).pathname.replace(/\/+$/, "");
  return { kind: "tcp", hostname, port: port ?? (tls ? TLS_PORT : TCP_PORT), basePath, ...(tls && { tls }) };
}

function ssh({ user: escapedUser, hostname, port, path: escapedPath }: Authority, fail: Fail): Endpoint {
  const user = unescaped(escapedUser, fail);
  // ssh takes a leading dash for an option, and its configuration may pass the user to a shell.
  if (user !== undefined && !/^[a-z0-9._:@%+][a-z0-9._:@%+-]*$/i.test(user)) {
    return fail(
      "has a user that is empty, begins with a dash, or has characters other than letters, digits and ._-:@%+",
    );
  }
  const path = unescaped(escapedPath === "/" ? "" : escapedPath, fail);
  return {
    kind: "ssh",
    ...(user !== undefined && { user }),
    hostname,
    ...(port !== undefined && { port }),
    ...(path && { socketPath: socketPath(path, fail) }),
  };
}

function unescaped(text: string | undefined, fail: Fail): string | undefined {
  if (text === undefined) return undefined;
  let plain: string;
  try {
    plain = decodeURIComponent(text);
  } catch {
    return fail("has a percent sign that escapes nothing");
  }
  return CONTROL.test(plain) ? fail("has control characters") : plain;
}
