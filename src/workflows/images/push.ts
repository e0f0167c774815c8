import type { RequestedPlatform as Platform, ProgressMessage } from "../../../generated/schema.js";
import { checkOptions, type Rules, rule } from "../../arguments.js";
import { ArgumentError } from "../../errors.js";
import { given } from "../defined.js";
import type { EngineClient } from "../engine-client.js";
import { LIMIT_RULES, type Limits, withLimits } from "../limits.js";
import { platformObject } from "./platform-forms.js";
import { follow, REGISTRY_EQUIVALENTS, REGISTRY_RULES, type RegistryOptions } from "./pull.js";
import { splitReference } from "./reference.js";

/** Options of `docker.push`. */
export interface PushOptions extends RegistryOptions, Limits {
  /** The one platform to push, "os/arch[/variant]" or an OCI platform; all that the Engine has by default. */
  readonly platform?: Platform | string | undefined;
}

/** What was pushed. */
export interface PushResult {
  /** The digest that the registry knows the image by now; undefined if the Engine does not tell it. */
  readonly digest: string | undefined;
}

const RULES: Rules<PushOptions> = { ...REGISTRY_RULES, ...LIMIT_RULES, platform: rule.checkedLater };

/** Pushes an image to its registry; see `docker.push`. */
export async function push(docker: EngineClient, image: string, settings?: PushOptions): Promise<PushResult> {
  const options = checkOptions(settings, RULES, { where: "push", equivalents: REGISTRY_EQUIVALENTS });
  // Without a tag the Engine would push all there are.
  const { name, tag = "latest" } = splitReference(image, "push");
  if (tag.includes(":")) {
    throw new ArgumentError(`push: ${image} names a digest; an image is pushed by its tag`);
  }
  const query = given({
    tag,
    platform: platformObject(options.platform, "push"),
    // An Engine that gets no header at all expects the login in a body.
    "X-Registry-Auth": options.auth ?? {},
  });
  let digest: string | undefined;
  const note = (message: ProgressMessage): void => {
    digest = digestIn(message) ?? digest;
    options.onProgress?.(message);
  };
  await withLimits("push", options, async (signal) => {
    await follow(await docker.imagePush(name, query, { signal }), note);
  });
  return { digest };
}

/** The digest that a record tells: in a field, or with the containerd store in its text only. */
function digestIn({ aux, status }: ProgressMessage): string | undefined {
  const { Digest } = (aux ?? {}) as { Digest?: string };
  return Digest ?? /: digest: (\S+) size: \d+$/.exec(status ?? "")?.[1];
}
