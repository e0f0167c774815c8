import { Docker, until } from "../../../src/index.js";

/** Waits for a container's published ports, in the network of the Engine's machine, and prints where they are. */
const [id = ""] = process.argv.slice(2);
const docker = new Docker();
const answers = until.all(until.port(80), until.http("/health", { port: 80, status: 200, body: /^up$/m }));
await docker.waitFor(id, answers, { timeout: 20_000 });
const silent = await docker
  .waitFor(id, until.port(81), { timeout: 500 })
  .catch((error: Error) => error.message);
const [host, port, address] = [
  await docker.hostOf(),
  await docker.portOf(id, 80),
  await docker.addressOf(id),
];
const inside = await docker.waitFor(id, until.http(`http://${address}/health`), { timeout: 5000 });
process.stdout.write(JSON.stringify({ host, port, address, silent, inside }));
await docker.close();
