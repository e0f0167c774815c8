/**
 * Compares the SDK with bare node:http in one run, as ratios: CPU per small JSON call, and CPU and time per byte of a large
 * export. Run it with `npm run bench`.
 */
import { createServer, get } from "node:http";
import type { AddressInfo } from "node:net";
import { Docker } from "../src/index.js";

const CALLS = 5_000;
const EXPORT_BYTES = 1 << 30;
const PIECE = Buffer.alloc(32 * 1024);

const list = JSON.stringify(
  Array.from({ length: 20 }, (_, index) => ({ Id: `${index}`.padStart(64, "0"), Names: ["/a"] })),
);

interface Cost {
  readonly cpu: number;
  readonly wall: number;
}

async function measure(work: () => Promise<unknown>): Promise<Cost> {
  const [cpu, start] = [process.cpuUsage(), process.hrtime.bigint()];
  await work();
  const { user, system } = process.cpuUsage(cpu);
  return { cpu: user + system, wall: Number(process.hrtime.bigint() - start) / 1000 };
}

function bareGet(port: number, path: string, onData: (chunk: Buffer) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    get({ host: "127.0.0.1", port, path }, (response) =>
      response.on("data", onData).on("end", resolve).on("error", reject),
    ).on("error", reject);
  });
}

async function main(): Promise<void> {
  const server = createServer((request, response) => {
    if (!request.url?.endsWith("/get")) {
      response.setHeader("Content-Type", "application/json");
      response.end(list);
      return;
    }
    let left = EXPORT_BYTES;
    const write = (): void => {
      while (left > 0) {
        left -= PIECE.length;
        if (!response.write(PIECE)) return;
      }
      response.end();
    };
    response.on("drain", write);
    write();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const docker = new Docker({ host: `tcp://127.0.0.1:${port}` });

  const sdkCalls = async () => {
    for (let i = 0; i < CALLS; i += 1) await docker.containerList({ all: true });
  };
  const bareCalls = async () => {
    for (let i = 0; i < CALLS; i += 1) {
      const chunks: Buffer[] = [];
      await bareGet(port, "/v1.48/containers/json?all=true", (chunk) => chunks.push(chunk));
      JSON.parse(Buffer.concat(chunks).toString());
    }
  };
  const sdkExport = async () => {
    for await (const _ of await docker.imageGet("a"));
  };
  const bareExport = () => bareGet(port, "/v1.48/images/a/get", () => undefined);

  // Once to warm up, once to count.
  for (const work of [sdkCalls, bareCalls]) await work();
  report("small JSON call", await measure(sdkCalls), await measure(bareCalls));
  report("1 GiB export", await measure(sdkExport), await measure(bareExport));
  console.log(`peak memory ${(process.resourceUsage().maxRSS / 1024).toFixed(0)} MiB, server included`);
  await docker.close();
  server.close();
}

function report(what: string, sdk: Cost, bare: Cost): void {
  const ratio = (key: keyof Cost): string => (sdk[key] / bare[key]).toFixed(2);
  console.log(`${what}: ${ratio("cpu")} times the CPU and ${ratio("wall")} times the time of bare node:http`);
}

await main();
