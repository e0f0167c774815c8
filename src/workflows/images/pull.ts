import type { AuthConfig, RequestedPlatform as Platform, ProgressMessage } from "#generated/schema.js";
import { checkOptions, type Equivalents, type Rules, rule } from "../../arguments.js";
import { type Login, type Logins, registryOf, withServerAddress } from "../../logins/index.js";
import { readLogin } from "../../operation/index.js";
import type { ProgressStream } from "../../streams/index.js";
import type { EngineClient } from "../engine-client.js";
import { LIMIT_RULES, type Limits, withLimits } from "../limits.js";
import { platformTextOf } from "./platform-forms.js";
import { splitReference } from "./reference.js";

/** Options for a registry. */
export interface RegistryOptions {
  /** The login to send to the registry; by default the one that the docker CLI would find. `false` sends none. */
  readonly auth?: AuthConfig | false | undefined;
  /** Called with each record of the Engine's progress; an error it throws ends the workflow. */
  readonly onProgress?: ((message: ProgressMessage) => void) | undefined;
}

/** Options of `docker.pull`. */
export interface PullOptions extends RegistryOptions, Limits {
  /** "os/arch[/variant]" or an OCI platform; the Engine's by default. */
  readonly platform?: Platform | string | undefined;
}

/** Checks of {@link RegistryOptions}; for the login see {@link loginFor}. */
export const REGISTRY_RULES: Rules<RegistryOptions> = { auth: rule.checkedLater, onProgress: rule.function };

/** Other clients' names of these options. */
export const REGISTRY_EQUIVALENTS: Equivalents = {
  authconfig: "auth: { username, password }",
  auth_config: "auth: { username, password }",
  "X-Registry-Auth": "auth: { username, password }",
  abortSignal: "signal",
  credentials: "new Docker({ credentials }), or auth: { username, password }",
  tag: "it in the image, as in name:tag",
};

const RULES: Rules<PullOptions> = { ...REGISTRY_RULES, ...LIMIT_RULES, platform: rule.checkedLater };

/** Asks for the login to send for an image: the option `auth` of the workflow, or else that of the image's registry. */
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

/** Pulls an image; see `docker.pull`. */
export async function pull(
  docker: EngineClient,
  logins: Logins,
  image: string,
  settings?: PullOptions,
): Promise<void> {
  const options = checkOptions(settings, RULES, { where: "pull", equivalents: REGISTRY_EQUIVALENTS });
  const { auth, onProgress, platform } = options;
  // Without a tag, the Engine would pull all of them.
  const { name, tag = "latest" } = splitReference(image, "pull");
  const askLogin = loginFor(name, auth, logins, "pull");
  const query = { fromImage: name, tag, platform: platformTextOf(platform, "pull") };
  await withLimits("pull", options, async (signal) => {
    const login = await askLogin(signal);
    const progress = await docker.imageCreate({ ...query, "X-Registry-Auth": login }, { signal });
    await follow(progress, onProgress);
  });
}

/** Reads progress to its end. @throws {StreamError} a record reports a failure */
export async function follow(
  progress: ProgressStream,
  onProgress: RegistryOptions["onProgress"],
): Promise<void> {
  for await (const message of progress) onProgress?.(message);
}
