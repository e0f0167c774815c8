/** The parts of `[user[:password]@]hostname[:port][/path]`, not decoded. */
export interface Authority {
  readonly user?: string | undefined;
  /** Without the brackets of an IPv6 address. */
  readonly hostname: string;
  readonly port?: number | undefined;
  /** Empty, or starts with a slash. */
  readonly path: string;
}

const PARTS =
  /^(?:(?<user>[^/]*)@)?(?:\[(?<ipv6>[^\]/]*)\]|(?<name>[^/:[\]]*))(?::(?<port>[^/]*))?(?<path>\/.*)?$/s;

/**
 * Splits what follows "tcp://" or "ssh://". URL does not work here: it does not parse unknown schemes, takes "0x7f.1" for an
 * address, and does not support IPv6 zones.
 *
 * @param fail throws the error for a problem, worded to follow the quoted address
 */
export function parseAuthority(text: string, fail: (problem: string) => never): Authority {
  if (/[?#]/.test(text)) return fail("has a query or fragment, which would be ignored");
  const parts = PARTS.exec(text)?.groups ?? fail("is not a valid address");
  const { user, ipv6, name = "", port, path = "" } = parts;
  if (user?.includes(":"))
    return fail(
      "has a password, which would show in messages and process lists; use a key, a certificate or the option headers",
    );
  if (port?.includes(":")) return fail("has an IPv6 address without brackets");
  return {
    user,
    hostname: ipv6 === undefined ? hostName(name, fail) : zoned(ipv6, fail),
    port: portOf(port, fail),
    path,
  };
}

/** Strict, because it becomes an argument of ssh. */
function hostName(name: string, fail: (problem: string) => never): string {
  if (name === "") return fail("has no host");
  if (name.startsWith("-")) return fail('has a host that begins with "-"');
  const sound = /^[a-z0-9._-]+$/i.test(name);
  return sound
    ? name
    : fail("has a host with characters other than letters, digits, dot, dash and underscore");
}

/** The zone in "fe80::1%25eth0" follows an escaped percent sign. */
function zoned(address: string, fail: (problem: string) => never): string {
  const plain = address.replace(/%(?:25)?/, "%");
  const sound =
    process.getBuiltinModule("node:net").isIPv6(plain) && /^[a-f0-9:.]+(?:%[a-z0-9._-]+)?$/i.test(plain);
  return sound ? plain : fail("has no valid IPv6 address in its brackets");
}

function portOf(port: string | undefined, fail: (problem: string) => never): number | undefined {
  if (!port) return undefined;
  const number = /^\d{1,5}$/.test(port) ? Number(port) : 0;
  return number >= 1 && number <= 65_535 ? number : fail("has a port that is not between 1 and 65535");
}
