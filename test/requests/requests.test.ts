import { operations } from "#generated/operations.js";
import { Docker } from "../../src/index.js";
import { type RecordingEngine, useRecordingEngine } from "./recording-engine.js";
import type { Rest, Row, Table } from "./row.js";
import { containers } from "./tables/containers.js";
import { images } from "./tables/images.js";
import { swarm } from "./tables/swarm.js";
import { system } from "./tables/system.js";

const table: Table = { ...containers, ...images, ...system, ...swarm };

let engine: RecordingEngine;
let docker: Docker;

useRecordingEngine((made) => {
  ({ engine, docker } = made);
});

// So that the version is known, for which a body that can be read once would wait.
beforeAll(async () => {
  await docker.systemPing();
  engine.take();
});

/** The body as sent, and the headers that tell of it. */
function wanted({ json, tar, stream, headers = {} }: Rest): { headers: object; body: string } {
  const body = json === undefined ? (tar ?? stream ?? "") : JSON.stringify(json);
  const length = { "content-length": String(Buffer.byteLength(body)) };
  if (json !== undefined)
    return { body, headers: { "content-type": "application/json", ...length, ...headers } };
  if (tar !== undefined)
    return { body, headers: { "content-type": "application/x-tar", ...length, ...headers } };
  if (stream === undefined) return { body, headers };
  return {
    body,
    headers: { "content-type": "application/x-tar", "transfer-encoding": "chunked", ...headers },
  };
}

/** Closes the connection of an answer that is a stream. */
const letGo = (data: unknown): void => (data as { cancel?(): void } | undefined)?.cancel?.();

describe.each(Object.entries(table))("%s", (_, rows: readonly Row[]) => {
  test.each(rows.map(([call, line, rest = {}]) => ({ call, line, rest })))(
    "$line",
    async ({ call, line, rest }) => {
      const result = await call(docker).result();
      expect(result).toMatchObject({ ok: true });
      const [method, path] = [line.slice(0, line.indexOf(" ")), line.slice(line.indexOf(" ") + 1)];
      expect(engine.take()).toEqual([{ line: `${method} /v1.48${path}`, ...wanted(rest) }]);
      if (result.ok) letGo(result.data);
    },
  );
});

test("every request names its client and its host", async () => {
  const raw: Record<string, string | undefined>[] = [];
  engine.onHeaders((headers) => raw.push(headers));
  await docker.systemInfo();
  letGo(await docker.containerAttach("web"));
  letGo(await docker.containerAttachWebsocket("web"));
  const host = engine.host.replace("tcp://", "");
  expect(raw).toHaveLength(3);
  for (const headers of raw) {
    expect(headers).toMatchObject({
      host,
      "user-agent": expect.stringMatching(/^docker-engine-sdk\/[\d.]+ \(api 1\.48\)$/),
    });
  }
});

test("a pinned version is in the path", async () => {
  await using pinned = new Docker({
    host: engine.host,
    apiVersion: "1.44",
    env: { DOCKER_CONFIG: "/dev/null/none" },
  });
  await pinned.containerStart("web");
  expect(engine.take().at(-1)?.line).toBe("POST /v1.44/containers/web/start");
});

test("every operation is in the tables", () => {
  expect(Object.keys(table).sort()).toEqual(Object.keys(operations).sort());
});
