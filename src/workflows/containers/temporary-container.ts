import type { ContainerCreateOptions } from "../../../generated/client.js";
import { isEngineError } from "../../errors.js";
import { type EngineClient, idOf } from "../engine-client.js";

/** What a container is made of. */
export type ContainerCreateBody = Parameters<EngineClient["containerCreate"]>[0];

/** How long an Engine may take to end what is under way, once nobody waits for it any more. */
const PATIENCE_MS = 60_000;

/** A container that a workflow makes and has to answer for. */
export class OwnContainer {
  readonly #docker: EngineClient;
  readonly #giveUp = new AbortController();
  #creating: Promise<string> | undefined;

  constructor(docker: EngineClient) {
    this.#docker = docker;
  }

  /**
   * Makes the container and gives its ID. No signal of the caller's ends this: the Engine may have made the container
   * by then, and only the answer tells which one it is.
   */
  create(body: ContainerCreateBody, options: ContainerCreateOptions): Promise<string> {
    const created = this.#docker.containerCreate(body, options, { signal: this.#giveUp.signal });
    this.#creating = created.then((answer) => idOf(answer, "ContainerCreate"));
    return this.#creating;
  }

  /**
   * Kills and deletes the container with its anonymous volumes, if it was made; one that is gone already is fine.
   *
   * @throws {DockerError} the Engine does not, or not in time
   */
  async remove(): Promise<void> {
    const timer = setTimeout(() => this.#giveUp.abort(), PATIENCE_MS);
    try {
      const id = await this.#creating?.catch(() => undefined);
      if (id === undefined) return;
      const options = { force: true, v: true };
      const deleted = await this.#docker.containerDelete(id, options, { timeout: PATIENCE_MS }).result();
      // 409: its removal is under way already.
      if (!deleted.ok && !isEngineError(deleted.error, 404) && !isEngineError(deleted.error, 409)) {
        throw deleted.error;
      }
    } finally {
      clearTimeout(timer);
    }
  }

  /** The ID of the container, if it was made. */
  async id(): Promise<string | undefined> {
    return this.#creating?.catch(() => undefined);
  }
}
