import type { RequestedPlatform as Platform, ProgressMessage } from "#generated/schema.js";
import { checkOptions, type Rules, rule } from "../../arguments.js";
import { ArgumentError } from "../../errors.js";
import type { Logins } from "../../logins/index.js";
import type { EngineClient } from "../engine-client.js";
import { LIMIT_RULES, type Limits, withLimits } from "../limits.js";
import { platformObjectOf } from "./platform-forms.js";
import { follow, loginFor, REGISTRY_EQUIVALENTS, REGISTRY_RULES, type RegistryOptions } from "./pull.js";
import { splitReference } from "./reference.js";

/** Options of `docker.push`. */
export interface PushOptions extends RegistryOptions, Limits {
  /** The single platform to push, "os/arch[/variant]" or an OCI platform; all the Engine has by default. */
  readonly platform?: Platform | string | undefined;
}

/** Result of `push`. */
export interface PushResult {
  /** The image's digest in the registry; undefined if the Engine does not report it. */
  readonly digest: string | undefined;
}

const RULES: Rules<PushOptions> = { ...REGISTRY_RULES, ...LIMIT_RULES, platform: rule.checkedLater };

/** Pushes an image to its registry; see `docker.push`. */
export async function push(
  docker: EngineClient,
  logins: Logins,
  image: string,
  settings?: PushOptions,
): Promise<PushResult> {
  const options = checkOptions(settings, RULES, { where: "push", equivalents: REGISTRY_EQUIVALENTS });
  // Without a tag, the Engine would push all of them.
  const { name, tag = "latest" } = splitReference(image, "push");
  if (tag.includes(":")) {
    throw new ArgumentError(`push: ${image} has a digest; push an image by its tag`);
  }
  const askLogin = loginFor(name, options.auth, logins, "push");
  const query = { tag, platform: platformObjectOf(options.platform, "push") };
  let digest: string | undefined;
  const note = (message: ProgressMessage): void => {
    digest = digestIn(message) ?? digest;
    options.onProgress?.(message);
  };
  await withLimits("push", options, async (signal) => {
    // Without the header, an Engine expects the login in a body.
    const login = (await askLogin(signal)) ?? {};
    await follow(await docker.imagePush(name, { ...query, "X-Registry-Auth": login }, { signal }), note);
  });
  return { digest };
}

/** The digest in a record: in a field, or, with the containerd store, only in its text. */
function digestIn({ aux, status }: ProgressMessage): string | undefined {
  const { Digest } = (aux ?? {}) as { Digest?: string };
  return Digest ?? /: digest: (\S+) size: \d+$/.exec(status ?? "")?.[1];
}
