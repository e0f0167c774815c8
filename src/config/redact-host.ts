/** A host for use in a message: without user, password, query and fragment, which may hold secrets. */
export function redactHost(host: string): string {
  const [, scheme = "", rest = ""] = /^([a-z][a-z0-9+.-]*:\/\/)?(.*)$/is.exec(host) ?? [];
  // A file's path is no secret, and may well hold an "@".
  if (rest.startsWith("/")) return host;
  return scheme + rest.replace(/^.*@/s, "***@").replace(/[?#].*$/s, (tail) => `${tail[0]}***`);
}
