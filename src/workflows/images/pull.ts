import type { AuthConfig, RequestedPlatform as Platform, ProgressMessage } from "#generated/schema.js";
import { checkOptions, type Rules, rule } from "../../arguments.js";
import { ArgumentError, UnsupportedError } from "../../errors.js";
import { type Login, type Logins, registryOf, withServerAddress } from "../../logins/index.js";
import { readLogin } from "../../operation/index.js";
import { shownName } from "../../quote.js";
import type { ProgressStream } from "../../streams/index.js";
import type { Equivalents } from "../../unknown-option.js";
import type { EngineClient } from "../engine-client.js";
import { progressOf, versionOf } from "../inspections.js";
import { LIMIT_RULES, type Limits, together, withLimits } from "../limits.js";
import { platformTextOf } from "./platform-forms.js";
import { imageList, splitReference } from "./reference.js";
import { eventOf, type TransferEvent, tagIn } from "./transfer-event.js";

/** Options for a registry. */
export interface RegistryOptions {
  /** The login to send to the registry; by default the one that the docker CLI would find. `false` sends none. */
  readonly auth?: AuthConfig | false | undefined;
  /** Called with each of the Engine's messages; if it throws, the workflow ends with that error. */
  readonly onProgress?: ((event: TransferEvent) => void) | undefined;
}

/** Options of `docker.pull`. */
export interface PullOptions extends RegistryOptions, Limits {
  /** "os/arch[/variant]" or an OCI platform; the Engine's by default. */
  readonly platform?: Platform | string | undefined;
  /** Whether to pull all tags of the name; false by default. */
  readonly allTags?: boolean | undefined;
}

/** Options of a pull or push without `allTags`, whose result is a single image. */
export interface OneTag {
  /** Omitted or false: one tag is pulled. */
  readonly allTags?: false | undefined;
}

/** An image that was pulled, or that the Engine already had. */
export interface PulledImage {
  /** As `name:tag` or `name@digest`. */
  readonly name: string;
  /** Its digest in the registry; undefined if the Engine does not report it, like Podman. */
  readonly digest: string | undefined;
}

/** Checks of {@link RegistryOptions}; for the login see {@link loginFor}. */
export const REGISTRY_RULES: Rules<RegistryOptions> = { auth: rule.checkedLater, onProgress: rule.function };

/** Other clients' names of these options. */
export const REGISTRY_EQUIVALENTS: Equivalents = {
  authconfig: "auth: { username, password }",
  auth_config: "auth: { username, password }",
  "X-Registry-Auth": "auth: { username, password }",
  credentials: "new Docker({ credentials }), or auth: { username, password }",
  tag: { advice: "put the tag into the name of the image, as in name:tag" },
};

const RULES: Rules<PullOptions> = {
  ...REGISTRY_RULES,
  ...LIMIT_RULES,
  platform: rule.checkedLater,
  allTags: rule.boolean,
};

/** Finds the login to send for an image: the workflow's option `auth`, or else the login of the image's registry. */
type AskLogin = (signal: AbortSignal) => Promise<Login | undefined>;

/** @throws {ArgumentError} the option is not a login */
export function loginFor(
  image: string,
  auth: RegistryOptions["auth"],
  logins: Logins,
  workflow: string,
): AskLogin {
  const host = registryOf(image);
  if (auth === undefined) return (signal) => logins.find(host, signal);
  const login = auth === false ? undefined : readLogin(auth, `${workflow}: the option auth`);
  return async () => login && withServerAddress(login, host);
}

/** Pulls one image or several at once; see `docker.pull`. */
export async function pull(
  docker: EngineClient,
  logins: Logins,
  image: string | readonly string[],
  settings?: PullOptions,
): Promise<PulledImage | PulledImage[]> {
  const options = checkOptions(settings, RULES, { where: "pull", equivalents: REGISTRY_EQUIVALENTS });
  const { allTags = false } = options;
  const pulls = imageList(image, "pull").map((one) => {
    const { query, askLogin } = requestFor(one, options, logins);
    return async (end: AbortSignal) =>
      pullImage(docker, { ...query, "X-Registry-Auth": await askLogin(end) }, options, end);
  });
  return withLimits("pull", options, async (signal) => {
    if (allTags) await refusePodman(docker, signal);
    const pulled = (await together(pulls, signal)).flat();
    return allTags || Array.isArray(image) ? pulled : (pulled[0] as PulledImage);
  });
}

type PullQuery = NonNullable<Parameters<EngineClient["imageCreate"]>[0]>;

/** The request, and whose login to send. */
function requestFor(
  image: string,
  { allTags, auth, platform }: PullOptions,
  logins: Logins,
): { readonly query: PullQuery; readonly askLogin: AskLogin } {
  const { name, tag } = splitReference(image, "pull");
  if (allTags && tag !== undefined)
    throw new ArgumentError(
      `pull: with allTags, name the image without a tag: ${shownName(name)}, not ${shownName(image)}`,
    );
  const query = {
    fromImage: name,
    // Without a tag, the Engine pulls all of them.
    tag: allTags ? undefined : (tag ?? "latest"),
    platform: platformTextOf(platform, "pull"),
  };
  return { query, askLogin: loginFor(name, auth, logins, "pull") };
}

/** Podman would pull `latest` only. */
async function refusePodman(docker: EngineClient, signal: AbortSignal): Promise<void> {
  const { Components } = versionOf(await docker.systemVersion({ signal }));
  if (Components?.some(({ Name }) => /podman/i.test(Name)))
    throw new UnsupportedError("pull: Podman would ignore the option allTags. Name the tags instead.");
}

async function pullImage(
  docker: EngineClient,
  query: PullQuery,
  { onProgress }: PullOptions,
  signal: AbortSignal,
): Promise<PulledImage[]> {
  const { fromImage = "", tag } = query;
  const nameOf = (one: string): string => `${fromImage}${one.includes(":") ? "@" : ":"}${one}`;
  const pulled: { name: string; digest: string | undefined }[] = [];
  if (tag !== undefined) pulled.push({ name: nameOf(tag), digest: undefined });
  await follow(await docker.imageCreate(query, { signal }), "ImageCreate", (message) => {
    const turnedTo = tagIn(message);
    if (tag === undefined && turnedTo !== undefined)
      pulled.push({ name: nameOf(turnedTo), digest: undefined });
    const current = pulled.at(-1);
    const digest = /^Digest: (\S+)$/.exec(message.status ?? "")?.[1];
    if (current && digest !== undefined) current.digest = digest;
    tell(onProgress, message, current?.name ?? fromImage);
  });
  return pulled;
}

/** Reads progress to its end. @throws {StreamError} a record reports a failure */
export async function follow(
  progress: ProgressStream,
  operation: string,
  onMessage: ((message: ProgressMessage) => void) | undefined,
): Promise<void> {
  for await (const message of progress) onMessage?.(progressOf(message, operation));
}

/** Passes a record on to the caller. */
export function tell(
  onProgress: RegistryOptions["onProgress"],
  message: ProgressMessage,
  image: string | undefined,
): void {
  const event = onProgress && eventOf(message, image);
  if (event) onProgress(event);
}
