import type { RequestedPlatform as Platform, ProgressMessage } from "#generated/schema.js";
import { checkOptions, type Rules, rule } from "../../arguments.js";
import { ArgumentError } from "../../errors.js";
import type { Logins } from "../../logins/index.js";
import { shownName } from "../../quote.js";
import type { EngineClient } from "../engine-client.js";
import { LIMIT_RULES, type Limits, withLimits } from "../limits.js";
import { platformObjectOf } from "./platform-forms.js";
import {
  follow,
  loginFor,
  REGISTRY_EQUIVALENTS,
  REGISTRY_RULES,
  type RegistryOptions,
  tell,
} from "./pull.js";
import { splitReference } from "./reference.js";

/** Options of `docker.push`. */
export interface PushOptions extends RegistryOptions, Limits {
  /** The single platform to push, "os/arch[/variant]" or an OCI platform; all the Engine has by default. */
  readonly platform?: Platform | string | undefined;
  /** Whether to push all tags of the name; false by default. */
  readonly allTags?: boolean | undefined;
}

/** An image that was pushed, or that the registry already had. */
export interface PushedImage {
  /** As `name:tag`. */
  readonly name: string;
  /** The tag alone. */
  readonly tag: string;
  /** The digest of its manifest or index in the registry; undefined if the Engine does not report it. */
  readonly digest: string | undefined;
  /** Bytes of that manifest or index; undefined if the Engine does not report it. */
  readonly size: number | undefined;
  /**
   * The digest of the index, if a single platform of it was pushed instead because the Engine does not have all of them;
   * undefined if all platforms were pushed, or the one that `platform` names.
   */
  readonly insteadOf: string | undefined;
}

const RULES: Rules<PushOptions> = {
  ...REGISTRY_RULES,
  ...LIMIT_RULES,
  platform: rule.checkedLater,
  allTags: rule.boolean,
};

/** Pushes an image to its registry, under one tag or all; see `docker.push`. */
export async function push(
  docker: EngineClient,
  logins: Logins,
  image: string,
  settings?: PushOptions,
): Promise<PushedImage | PushedImage[]> {
  const options = checkOptions(settings, RULES, { where: "push", equivalents: REGISTRY_EQUIVALENTS });
  const { allTags = false, onProgress } = options;
  const { name, tag } = splitReference(image, "push");
  if (tag?.includes(":")) {
    throw new ArgumentError(`push: ${shownName(image)} has a digest; push an image by its tag`);
  }
  if (allTags && tag !== undefined) {
    throw new ArgumentError(
      `push: with allTags, name the image without a tag: ${shownName(name)}, not ${shownName(image)}`,
    );
  }
  const askLogin = loginFor(name, options.auth, logins, "push");
  const query = {
    // Without a tag, the Engine pushes all of them.
    tag: allTags ? undefined : (tag ?? "latest"),
    platform: platformObjectOf(options.platform, "push"),
  };
  const results = new PushResults(name);
  await withLimits("push", options, async (signal) => {
    // Without the header, an Engine expects the login in a body.
    const login = (await askLogin(signal)) ?? {};
    const progress = await docker.imagePush(name, { ...query, "X-Registry-Auth": login }, { signal });
    await follow(progress, "ImagePush", (message) => {
      results.note(message);
      tell(onProgress, message, query.tag === undefined ? name : `${name}:${query.tag}`);
    });
  });
  return allTags ? results.pushed : (results.pushed[0] ?? results.of(query.tag ?? ""));
}

/** The image that a registry has taken, from the Engine's records. */
class PushResults {
  readonly #name: string;
  readonly pushed: PushedImage[] = [];
  #insteadOf: string | undefined;

  constructor(name: string) {
    this.#name = name;
  }

  of(tag: string, digest?: string, size?: number): PushedImage {
    return { name: `${this.#name}:${tag}`, tag, digest, size, insteadOf: this.#insteadOf };
  }

  /** The result is in a line of text. Some Engines repeat it in a field. */
  note({ aux, status }: ProgressMessage): void {
    const { originalIndex } = (aux ?? {}) as { originalIndex?: { digest?: string } };
    this.#insteadOf = originalIndex?.digest ?? this.#insteadOf;
    const { Tag, Digest, Size } = (aux ?? {}) as { Tag?: string; Digest?: string; Size?: number };
    const [, tag = Tag, digest = Digest, size = Size] = RESULT.exec(status ?? "") ?? [];
    if (tag === undefined || this.pushed.some((known) => known.tag === tag)) return;
    this.pushed.push(this.of(tag, digest, size === undefined ? undefined : Number(size)));
    this.#insteadOf = undefined;
  }
}

const RESULT = /^(\S+): digest: (\S+) size: (\d+)$/;
