import { randomUUID } from "node:crypto";
import type { Client } from "#generated/client.js";
import type { ImageBuildOptions } from "#generated/options.js";
import type { ProgressMessage } from "#generated/schema.js";
import { StatusResponse } from "../../generated/buildkit/trace.js";
import { onAbort } from "../abort.js";
import { BuildError, StreamError } from "../errors.js";
import type { Methods } from "./grpc/method.js";
import { auth } from "./services/auth.js";
import { contextFolder } from "./services/context-folder.js";
import { dockerfileFolder, NAME_OF_TEXT } from "./services/dockerfile-folder.js";
import { FileSend } from "./services/file-send.js";
import { fileSync } from "./services/file-sync.js";
import { health } from "./services/health.js";
import { secrets } from "./services/secrets.js";
import { sshAgent } from "./services/ssh-agent.js";
import { upload } from "./services/upload.js";
import { openSession, type Session, sharedKeyOf } from "./session.js";
import type { BuildKitContext, BuildKitResult, BuildKitSettings } from "./settings.js";
import { Steps } from "./steps.js";

/** How long the Engine may take to explain why a session broke. */
const LAST_WORDS_MS = 1000;

/** The name of a context in `/build`, and how the session serves it. */
interface Offer {
  readonly query: Pick<ImageBuildOptions, "dockerfile" | "remote">;
  readonly methods: Methods;
  /** The input of its shared key. */
  readonly name: string;
}

/**
 * Builds with BuildKit. The session is closed when the build ends, however it does.
 *
 * @throws {BuildError} a step failed, or the Dockerfile or something it names is wrong
 * @throws {EngineError} the Engine refused the build, or has no BuildKit
 * @throws {StreamError} a connection broke
 */
export async function buildWithBuildKit(
  docker: Client,
  settings: BuildKitSettings,
  signal: AbortSignal,
): Promise<BuildKitResult> {
  const { context, output, contextKey } = settings;
  const offer = offerOf(context);
  const result = output?.to && new FileSend(output.to);
  const methods: Methods = {
    ...health,
    ...auth(settings.login),
    ...secrets(settings.secrets),
    ...sshAgent(settings.ssh),
    ...offer.methods,
    ...result?.methods,
  };
  const ending = new Ending(signal);
  const sharedKey = contextKey ?? sharedKeyOf(docker, offer.name);
  const session = await openSession(docker, methods, sharedKey, signal, (error) => ending.fail(error));
  ending.watch(session);
  const steps = new Steps();
  try {
    const query: ImageBuildOptions = {
      ...settings.query,
      ...offer.query,
      ...(output && { outputs: [{ Type: output.type, Attrs: { ...output.attrs } }] }),
      version: "2",
      session: session.id,
    };
    const id = await follow(docker, query, steps, settings.onEvent, ending.signal);
    await result?.taken();
    return { id, warnings: steps.warnings };
  } catch (error) {
    throw ending.reason(buildError(error, steps));
  } finally {
    ending.over();
    await session.close();
  }
}

function offerOf(context: BuildKitContext): Offer {
  if ("remote" in context) {
    const { remote, dockerfile } = context;
    return { query: { remote, dockerfile }, methods: {}, name: remote };
  }
  if ("tar" in context) {
    const name = randomUUID();
    const query = { remote: `http://buildkit-session/${name}`, dockerfile: context.dockerfile };
    return { query, methods: upload(name, context.tar), name };
  }
  const { folder, dockerfile, matcher } = context;
  const folders = { context: contextFolder(folder, matcher), dockerfile: dockerfileFolder(dockerfile) };
  const name = "text" in dockerfile ? NAME_OF_TEXT : dockerfile.name;
  return { query: { remote: "client-session", dockerfile: name }, methods: fileSync(folders), name: folder };
}

/** Follows a build to its end. Returns the image's ID, if any. */
async function follow(
  docker: Client,
  query: ImageBuildOptions,
  steps: Steps,
  onEvent: BuildKitSettings["onEvent"],
  signal: AbortSignal,
): Promise<string | undefined> {
  let image: string | undefined;
  // A build takes as long as its steps do.
  const records = await docker.imageBuild(query, { signal, timeout: Number.POSITIVE_INFINITY });
  for await (const { id, aux } of records as AsyncIterable<ProgressMessage & { readonly aux?: unknown }>) {
    if (id === "moby.buildkit.trace") {
      const trace = StatusResponse.decode(Buffer.from(String(aux), "base64"));
      for (const event of steps.read(trace)) onEvent(event);
    } else if (id === "moby.image.id") {
      image = (aux as { readonly ID?: string }).ID;
    }
  }
  return image;
}

/** The Engine's last record as the error of the build; any other error as it is. */
function buildError(error: unknown, steps: Steps): unknown {
  if (!(error instanceof StreamError)) return error;
  const { errorDetail } = (error.cause ?? {}) as ProgressMessage;
  if (!errorDetail?.message) return error;
  const { message } = errorDetail;
  const failure = steps.failure(message);
  const where = failure.step === undefined ? "" : ` at ${failure.step}`;
  return new BuildError(`build failed${where}: ${message}`, failure, { cause: error.cause });
}

/** Ends a build early, for its caller, a failure of something the caller gave, or a broken session. */
class Ending {
  readonly #controller = new AbortController();
  readonly #signal: AbortSignal;
  readonly #stopListening: () => void;
  #failure: { readonly error: unknown } | undefined;
  #broken: { readonly cause: Error | undefined } | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isOver = false;

  constructor(signal: AbortSignal) {
    this.#signal = signal;
    this.#stopListening = onAbort(signal, () => this.#controller.abort(signal.reason));
  }

  /** Ends the build's own request. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Ends the build with its caller's error, which the Engine would only echo. */
  fail(error: unknown): void {
    this.#failure ??= { error };
    this.#controller.abort(error);
  }

  watch({ closed }: Session): void {
    void closed.then((cause) => {
      if (this.#isOver) return;
      this.#broken = { cause };
      this.#timer = setTimeout(() => this.#controller.abort(), LAST_WORDS_MS);
    });
  }

  /** Why the build ended, given the error of its request. */
  reason(error: unknown): unknown {
    if (this.#failure) return this.#failure.error;
    if (this.#signal.aborted || !this.#broken) return error;
    if (!(error instanceof StreamError || this.signal.aborted)) return error;
    return new StreamError(
      "build: the connection broke over which the Engine asks for files, secrets and logins; check that the Engine still runs",
      { cause: error },
    );
  }

  over(): void {
    this.#isOver = true;
    clearTimeout(this.#timer);
    this.#stopListening();
  }
}
