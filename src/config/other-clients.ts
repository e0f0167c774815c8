import { describe } from "../arguments.js";
import { ConfigError } from "../errors.js";
import { can } from "../members.js";
import { quote, quoteSafe } from "../quote.js";
import type { Equivalents } from "../unknown-option.js";
import { redactHost } from "./host.js";

type Given = Readonly<Record<string, unknown>>;

// Methods in another client's words are not refused here: the compiler does it. At run time, members that throw, or a Proxy in
// the prototype chain, would lie to `in` and `typeof`, by which adapters tell clients apart.

/** dockerode's options that others here replace. */
const REPLACED: readonly string[] = [
  ...["socketPath", "port", "protocol", "username", "pathPrefix"],
  ...["ca", "cert", "key", "version", "connectionTimeout"],
];

const SSH =
  "the system's ssh uses your agent, keys and ~/.ssh/config, or open a tunnel of your own in connect";

/** dockerode's options that nothing replaces, and why. */
const OMITTED: Readonly<Record<string, string>> = {
  Promise: "every call returns a promise",
  agent: "connections are kept and reused; for a proxy or tunnel of your own, write connect: () => socket",
  checkServerIdentity: "to check the certificate yourself, write connect: () => tls.connect(…)",
  sshOptions: SSH,
  sshAuthAgent: SSH,
  agentForward: SSH,
  password: SSH,
};

/** Words of other clients, among them the parameters of @docker/node-sdk. */
const OTHERS: Equivalents = {
  hosts: "host",
  url: "host",
  baseUrl: "host",
  base_url: "host",
  dockerHost: "host",
  contextName: "context",
  certificates: "tls: { ca, cert, key }, or tls: { folder }",
  userAgent: 'headers: { "User-Agent": "…" }',
  auth: "credentials: (host) => ({ username, password })",
  authconfig: "credentials: (host) => ({ username, password })",
};

/** What to write instead of options in another client's words: for dockerode's, the whole line. */
export function equivalentsOf(given: Given): Equivalents {
  const has = (name: string): boolean => name in given;
  const replaced = REPLACED.filter(has);
  const omitted = Object.keys(OMITTED).filter(has);
  const reasons = new Set(omitted.map((name) => OMITTED[name]));
  const namesFor = (reason: string | undefined): string[] =>
    omitted.filter((name) => OMITTED[name] === reason);
  const advice = [
    ...(replaced.length > 0 ? [`in place of dockerode's options, write ${clientOf(given)}`] : []),
    ...[...reasons].map((reason) => `omit ${namesFor(reason).join(" and ")}: ${reason}`),
  ].join("; ");
  return { ...OTHERS, ...Object.fromEntries([...replaced, ...omitted].map((name) => [name, { advice }])) };
}

/** Refuses the first argument of other clients' constructors. @throws {ConfigError} it is not an object of options */
export function refuseArgument(options: unknown): void {
  if (typeof options === "string")
    throw new ConfigError(
      `The options must be an object, not a string; write ${clientOf({ socketPath: options })}`,
    );
  if (isAgent(options))
    throw new ConfigError(
      "The options must be an object, not an agent; write new Docker({ host }), or new Docker({ connect: () => socket })",
    );
}

/** Refuses `fromDockerHost` of @docker/node-sdk. @throws {ConfigError} always, with the line to write */
export function refuseHostFactory(host: unknown, certificates: unknown, userAgent: unknown): never {
  const tls = typeof certificates === "string" ? `{ folder: ${quote(certificates)} }` : "{ ca, cert, key }";
  return refuseFactory("fromDockerHost", [
    `host: ${quoteSafe(addressOf(host))}`,
    ...(certificates === undefined ? [] : [`tls: ${tls}`]),
    ...(userAgent === undefined ? [] : [`headers: { "User-Agent": ${describe(userAgent)} }`]),
  ]);
}

/** Refuses a function of @docker/node-sdk that makes a client. @throws {ConfigError} always, with the line to write */
export function refuseFactory(name: string, options: readonly string[] = []): never {
  const written = options.length === 0 ? "" : `{ ${options.join(", ")} }`;
  throw new ConfigError(`${name} is a function of @docker/node-sdk; write new Docker(${written})`);
}

/** Refuses `fromDockerContext` of @docker/node-sdk. @throws {ConfigError} always, with the line to write */
export const refuseContextFactory = (context: unknown): never =>
  refuseFactory("fromDockerContext", context === undefined ? [] : [`context: ${describe(context)}`]);

/** Whether a value is an agent of undici, which @docker/node-sdk takes. Never throws. */
function isAgent(value: unknown): boolean {
  try {
    return can(value, "dispatch");
  } catch {
    return false;
  }
}

/** The line that makes a client of dockerode's options. */
function clientOf(given: Given): string {
  const host = hostOf(given);
  const pems = ["ca", "cert", "key"].filter((name) => name in given);
  const kept = ["timeout", "headers"].filter((name) => name in given);
  const options = [
    ...(host === undefined ? [] : [`host: ${quoteSafe(host)}`]),
    ...(pems.length > 0 ? [`tls: { ${pems.join(", ")} }`] : []),
    ...("version" in given ? [`apiVersion: ${apiVersionOf(given.version)}`] : []),
    ...("connectionTimeout" in given ? [`connectTimeout: ${describe(given.connectionTimeout)}`] : []),
    ...kept,
  ];
  return options.length === 0 ? "new Docker()" : `new Docker({ ${options.join(", ")} })`;
}

const apiVersionOf = (version: unknown): string =>
  `"${typeof version === "string" ? (/^v?(\d+\.\d+)$/.exec(version)?.[1] ?? "1.48") : "1.48"}"`;

/** The Engine's address; undefined if the options do not say where it is. */
function hostOf(given: Given): string | undefined {
  const { socketPath, host, port } = given;
  if (typeof host === "string" && /^(?:unix|npipe):/i.test(host)) return addressOf(host);
  if ((typeof host === "string" && host !== "") || port !== undefined) return networkHostOf(given);
  if (socketPath === undefined) return undefined;
  if (typeof socketPath === "string" && /^[\\/]{2}\.[\\/]pipe[\\/]/i.test(socketPath))
    return `npipe://${socketPath.replaceAll("\\", "/")}`;
  return addressOf(socketPath);
}

/** The address of a socket that is given as its path or, as in @docker/node-sdk, with a scheme without slashes. */
function addressOf(host: unknown): string {
  if (typeof host !== "string") return "unix:///path/to/docker.sock";
  // A name alone is not secret.
  if (/^ssh:\/\/[\w.-]+@[^@]*$/.test(host)) return host;
  return redactHost(host.replace(/^(?:unix:)?(?=\/(?!\/))/, "unix://"));
}

/** dockerode takes a name, an IP address or a URL, with separate options for the protocol and the port. */
function networkHostOf({ host = "localhost", port, protocol, username, pathPrefix, ca }: Given): string {
  const text = typeof host === "string" ? addressOf(host || "localhost") : "name";
  const [, ofHost, place = "", folder = ""] = /^(?:([a-z]+):\/\/)?([^/]*)(.*?)\/?$/is.exec(text) ?? [];
  const scheme = (ofHost ?? (typeof protocol === "string" ? protocol.replace(/:$/, "") : "")).toLowerCase();
  const name = /^[^[]*:.*:/.test(place) ? `[${place}]` : place;
  const digits = /^\d{1,5}$/.exec(String(typeof port === "number" ? port : asText(port)))?.[0];
  const address = port === undefined ? name : `${name.replace(/:\d+$/, "")}:${digits ?? "2375"}`;
  // Text after a question mark may be a secret.
  const prefix = /^\/*([^?#]*)/.exec(asText(pathPrefix) ?? "")?.[1];
  const path = prefix ? `/${prefix}` : folder;
  // A name, without any password next to it.
  const user = !address.includes("@") && /^[\w.-]+$/.test(asText(username) ?? "") ? `${username}@` : "";
  if (scheme === "ssh") return `ssh://${user}${address}`;
  return `${scheme === "https" && ca === undefined ? "https" : "tcp"}://${address}${path}`;
}

const asText = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);
