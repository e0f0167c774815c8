/**
 * Knows which values may hold a secret. Messages show none of these, and no part of them.
 */

/** Options of operations: logins, values passed to a build, addresses with a login in them, and labels. */
const SECRET_OPTIONS: ReadonlySet<string> = new Set([
  "X-Registry-Auth",
  "X-Registry-Config",
  "buildargs",
  "changes",
  "fromSrc",
  "labels",
  "remote",
]);

/** Whether an option of an operation may hold a secret. */
export const isSecret = (option: string): boolean => SECRET_OPTIONS.has(option);

/** Members of bodies: logins, keys and tokens, stored data, and what is passed to processes, drivers and labels. */
const SECRET_MEMBERS: ReadonlySet<string> = new Set([
  "Args",
  "Cmd",
  "Command",
  "Config",
  "Data",
  "DriverOpts",
  "Entrypoint",
  "Env",
  "JoinToken",
  "Labels",
  "Options",
  "SigningCAKey",
  "Test",
  "UnlockKey",
  "auth",
  "identitytoken",
  "password",
  "registrytoken",
]);

/** Whether a member of a request body may hold a secret, at whatever depth. */
export const isSecretMember = (name: string): boolean => SECRET_MEMBERS.has(name);

/** A path and query fit to be shown: the values of options that may hold a secret are left out. */
export function redactUrl(url: string): string {
  const [path = "", query] = url.split(/\?(.*)/s, 2);
  if (query === undefined) return path;
  const shown = query.split("&").map((pair) => {
    const [name = ""] = pair.split("=", 1);
    return isSecret(name) ? `${name}=***` : pair;
  });
  return `${path}?${shown.join("&")}`;
}

/** Text without the logins of addresses in it: `https://user:password@host` is `https://***@host`. */
export function redactLogins(text: string): string {
  return text.replace(/(:\/{2,})[^/\s@]*@/g, "$1***@");
}

/** Whether a header may hold a secret, by its name. */
export const isSecretHeader = (name: string): boolean => /auth|cookie|key|password|secret|token/i.test(name);
