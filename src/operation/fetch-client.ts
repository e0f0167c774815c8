import type { Client, Middleware } from "openapi-fetch";
import { EngineRequest, type EngineResponse } from "../transport/index.js";

/** What openapi-fetch passes on to {@link EngineRequest}, and how that is sent. */
export interface FetchOptions {
  readonly body: EngineRequest["body"];
  readonly settings: EngineRequest["settings"];
  fetch(request: EngineRequest): Promise<EngineResponse>;
}

/** openapi-fetch's client. Paths come from the operations table, so it gets them as plain strings. */
interface RequestBuilder {
  request(
    method: string,
    path: string,
    options: FetchOptions & { readonly parseAs: "stream" },
  ): Promise<{ readonly response: EngineResponse }>;
}

/** openapi-fetch, which builds requests and runs hooks. It is loaded with the first one. */
export class FetchClient {
  readonly #middleware: Middleware[] = [];
  #client: (RequestBuilder & Pick<Client<object>, "use">) | undefined;

  use(middleware: Middleware): void {
    this.#middleware.push(middleware);
    this.#client?.use(middleware);
  }

  /** Once it is loaded, without waiting: a promise more would be a tenth of what openapi-fetch costs. */
  get loaded(): RequestBuilder | undefined {
    return this.#client;
  }

  async load(): Promise<RequestBuilder> {
    const { default: createClient } = await import("openapi-fetch");
    if (!this.#client) {
      const client = createClient<object>({
        // The platform's own costs several times as much as the rest of a call.
        Request: EngineRequest as unknown as typeof Request,
        // Path and query are written already, and our own readers decode the body.
        querySerializer: () => "",
        bodySerializer: (body: unknown) => body,
      });
      client.use(...this.#middleware);
      this.#client = client as unknown as RequestBuilder & typeof client;
    }
    return this.#client;
  }
}
