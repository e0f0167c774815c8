import type { ContainerCreateOptions } from "#generated/options.js";
import { isEngineError } from "../../errors.js";
import { type EngineClient, idOf } from "../engine-client.js";

/** Body of containerCreate. */
export type ContainerCreateBody = Parameters<EngineClient["containerCreate"]>[0];

/** How long an Engine may take to clean up once nobody waits for the result. */
const PATIENCE_MS = 60_000;

/** A container that a workflow creates and is responsible for. */
export class TemporaryContainer {
  readonly #docker: EngineClient;
  readonly #giveUp = new AbortController();
  #creating: Promise<string> | undefined;

  constructor(docker: EngineClient) {
    this.#docker = docker;
  }

  /**
   * Creates the container and returns its ID. The caller's signal does not end this: the Engine may have created the
   * container by then, and only the answer has its ID.
   */
  create(body: ContainerCreateBody, options: ContainerCreateOptions): Promise<string> {
    const created = this.#docker.containerCreate(body, options, { signal: this.#giveUp.signal });
    this.#creating = created.then((answer) => idOf(answer, "ContainerCreate"));
    return this.#creating;
  }

  /**
   * Kills and deletes the container with its anonymous volumes, if it was created and still exists.
   *
   * @throws {DockerError} the Engine fails to, or not in time
   */
  async remove(): Promise<void> {
    const timer = setTimeout(() => this.#giveUp.abort(), PATIENCE_MS);
    try {
      const id = await this.#creating?.catch(() => undefined);
      if (id === undefined) return;
      const options = { force: true, v: true };
      const deleted = await this.#docker.containerDelete(id, options, { timeout: PATIENCE_MS }).result();
      // 409: it is already being removed.
      if (!deleted.ok && !isEngineError(deleted.error, 404) && !isEngineError(deleted.error, 409)) {
        throw deleted.error;
      }
    } finally {
      clearTimeout(timer);
    }
  }

  /** The container's ID, if it was created. */
  async id(): Promise<string | undefined> {
    return this.#creating?.catch(() => undefined);
  }
}
