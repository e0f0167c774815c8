/**
 * Which values may hold a secret. Messages never show them, not even in part.
 */

/** Options: logins, build arguments, addresses that may contain a login, and labels. */
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

/** Parameters of `docker.request`, such as Podman's, judged by name. */
const SECRET_PARAMETER =
  /^(?!rotate).*(?:passw|passphrase|secret|token|credential|cookie|api[-_]?key)|^(?:auth|authorization|key|pwd)$/i;

/** Whether a query parameter may hold a secret. */
const isSecretParameter = (name: string): boolean => isSecret(name) || SECRET_PARAMETER.test(name);

/** Body members: logins, keys, tokens, stored data, labels, and arguments of processes and drivers. */
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

/** Whether a member of a request body, at any depth, may hold a secret. */
export const isSecretMember = (name: string): boolean => SECRET_MEMBERS.has(name);

/** A path and query that are safe to show: values that may hold a secret are masked, and so are logins in addresses. */
export function redactUrl(url: string): string {
  const [given = "", query] = url.replace(/#.*/s, "#***").split(/\?(.*)/s, 2);
  const path = redactLogins(given);
  if (query === undefined) return path;
  const shown = query.split("&").map((pair) => {
    const [name = "", value = ""] = pair.split(/=(.*)/s, 2);
    if (isSecretParameter(name)) return `${name}=***`;
    const text = decoded(value);
    const redacted = redactLogins(name === "filters" ? redactLabels(text) : text);
    return redacted === text ? pair : `${name}=${encodeURIComponent(redacted)}`;
  });
  return `${path}?${shown.join("&")}`;
}

/** Unchanged if its escapes are invalid. */
function decoded(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}

/** Whether the values of a filter may hold a secret, like those of labels, as in the option `labels`. */
export const isSecretFilter = (key: string): boolean => /^label!?$/.test(key);

/** Masks the values of labels in filters: `["app=web"]` becomes `["app=***"]`. */
function redactLabels(filters: string): string {
  let parsed: unknown;
  try {
    parsed = JSON.parse(filters);
  } catch {
    return "***";
  }
  return JSON.stringify(parsed, (key, value: unknown) => {
    if (!isSecretFilter(key)) return value;
    return JSON.parse(JSON.stringify(value).replace(/"((?:[^"=\\]|\\.)*)=(?:[^"\\]|\\.)*"/g, '"$1=***"'));
  });
}

/** Masks logins in addresses: `https://user:password@host` becomes `https://***@host`. A password may have spaces and quotes. */
export function redactLogins(text: string): string {
  return text.replace(/(:\/{2,})[^/\r\n]*@/g, "$1***@");
}

/** Whether a header may hold a secret, judging by its name. */
export const isSecretHeader = (name: string): boolean => /auth|cookie|key|password|secret|token/i.test(name);
