import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as delay } from "node:timers/promises";

/** A server that answers a build as an Engine's classic builder does, without building anything. */
export interface EmbeddedBuilder {
  readonly host: string;
  close(): Promise<void>;
}

const ID = "sha256:2f9cdd4f7a3f2b31c0d1a9a6b9b6d5b1ff2a3c8f5a0f3f4c7d6e5b4a39281706";

/** What the builder prints, by step. */
const STEPS: readonly (readonly string[])[] = [
  ["Step 1/4 : FROM node:20", " ---> 7d32da5a1b4c"],
  ["Step 2/4 : COPY . /app", " ---> a1b9d1d42b4f"],
  [
    "Step 3/4 : RUN npm ci",
    " ---> Running in 5be2c2a6a1f0",
    "added 214 packages in 2s",
    "found 0 vulnerabilities",
    " ---> 3c1d20e8b9aa",
  ],
  ['Step 4/4 : CMD ["node", "/app"]', " ---> Using cache", " ---> 2f9cdd4f7a3f"],
];
const LINE_MS = 200;

export async function startEmbeddedBuilder(): Promise<EmbeddedBuilder> {
  const server = createServer((request, response) => {
    response.setHeader("Api-Version", "1.48");
    request.resume().once("end", () => {
      if (!request.url?.includes("/build")) return void response.end();
      void build(response);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    host: `tcp://127.0.0.1:${port}`,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function build(response: ServerResponse): Promise<void> {
  response.setHeader("Content-Type", "application/json");
  const tell = (record: object): void => void response.write(`${JSON.stringify(record)}\r\n`);
  for (const line of STEPS.flat()) {
    tell({ stream: `${line}\n` });
    await delay(LINE_MS);
  }
  tell({ aux: { ID } });
  tell({ stream: `Successfully built ${ID.slice(7, 19)}\n` });
  response.end();
}
