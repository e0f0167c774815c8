import { request } from "node:http";

/** An answer, read whole. */
export interface RawAnswer {
  readonly status: number;
  readonly type: string | undefined;
  readonly body: string;
}

/** A request without the SDK: one that it would refuse to send, or that must work even if the SDK does not. */
export function rawRequest(host: string, method: string, path: string): Promise<RawAnswer> {
  const url = new URL(host.replace(/^\w+:/, "http:"));
  const target = host.startsWith("unix://")
    ? { socketPath: host.slice("unix://".length) }
    : { hostname: url.hostname, port: url.port || 2375 };
  return new Promise((resolve, reject) => {
    request({ ...target, method, path, agent: false }, async (response) => {
      try {
        let body = "";
        for await (const chunk of response) body += chunk;
        resolve({ status: response.statusCode ?? 0, type: response.headers["content-type"], body });
      } catch (error) {
        reject(error);
      }
    })
      .on("error", reject)
      .end();
  });
}
