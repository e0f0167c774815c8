import type { Client, Middleware } from "openapi-fetch";
import { EngineRequest, type EngineResponse } from "../transport/index.js";

/** Details that openapi-fetch passes on to {@link EngineRequest}, and how to send it. */
export interface FetchOptions {
  readonly body: EngineRequest["body"];
  readonly settings: EngineRequest["settings"];
  fetch(request: EngineRequest): Promise<EngineResponse>;
}

/** openapi-fetch's client. Paths come from the operations table, so they are passed as plain strings. */
interface RequestBuilder {
  request(
    method: string,
    path: string,
    options: FetchOptions & { readonly parseAs: "stream" },
  ): Promise<{ readonly response: EngineResponse }>;
}

/** openapi-fetch, which builds requests and runs hooks. It is loaded with the first request. */
export class FetchClient {
  readonly #middleware: Middleware[] = [];
  #client: (RequestBuilder & Pick<Client<object>, "use">) | undefined;

  use(middleware: Middleware): void {
    this.#middleware.push(middleware);
    this.#client?.use(middleware);
  }

  /** Once it is loaded, without waiting: an extra promise would add a tenth to the cost of openapi-fetch. */
  get loaded(): RequestBuilder | undefined {
    return this.#client;
  }

  async load(): Promise<RequestBuilder> {
    const { default: createClient } = await import("openapi-fetch");
    if (!this.#client) {
      const client = createClient<object>({
        // The platform's own costs several times as much as the rest of a call.
        Request: EngineRequest as unknown as typeof Request,
        // Path and query are already written, and our own readers decode the body.
        querySerializer: () => "",
        bodySerializer: (body: unknown) => body,
      });
      client.use(...this.#middleware);
      this.#client = client as unknown as RequestBuilder & typeof client;
    }
    return this.#client;
  }
}
