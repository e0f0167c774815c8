import type { Client, Middleware } from "openapi-fetch";
import { EngineRequest, type EngineResponse } from "../transport/index.js";

/** Paths come from the operations table, so openapi-fetch gets them as plain strings. */
type AnyPaths = Record<string, Record<string, never>>;

/** openapi-fetch, which builds requests and runs hooks. It is loaded with the first one. */
export class FetchClient {
  readonly #middleware: Middleware[] = [];
  #client: Client<AnyPaths> | undefined;

  use(middleware: Middleware): void {
    this.#middleware.push(middleware);
    this.#client?.use(middleware);
  }

  /** Sends a request with the `fetch` of its options; resolves when the answer begins. */
  async request(method: string, path: string, options: object): Promise<EngineResponse> {
    const client = this.#client ?? (await this.#load());
    const { response } = await client.request(method.toLowerCase() as never, path as never, options as never);
    return response as unknown as EngineResponse;
  }

  async #load(): Promise<Client<AnyPaths>> {
    const { default: createClient } = await import("openapi-fetch");
    if (!this.#client) {
      this.#client = createClient<AnyPaths>({
        // The platform's own costs several times as much as the rest of a call.
        Request: EngineRequest as unknown as typeof Request,
        // Path and query are written already, and our own readers decode the body.
        querySerializer: () => "",
        bodySerializer: (body: unknown) => body,
      });
      this.#client.use(...this.#middleware);
    }
    return this.#client;
  }
}
