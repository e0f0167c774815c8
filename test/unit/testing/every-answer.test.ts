import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Operation, operations } from "#generated/operations.js";
import { type Call, Docker, type Result } from "../../../src/index.js";
import { type MockedName, mockEngine } from "../../../src/testing/index.js";
import { bytesOf, collect } from "../../helpers/streams.js";

interface Description {
  readonly paths: Record<
    string,
    Record<string, { operationId?: string; responses?: Record<string, unknown> }>
  >;
}

const { paths } = JSON.parse(
  readFileSync(join(process.cwd(), "generated/openapi.json"), "utf8"),
) as Description;

/** The statuses that the description declares for each operation. */
const declared = new Map(
  Object.values(paths)
    .flatMap((methods) => Object.values(methods))
    .map(({ operationId = "", responses = {} }) => [operationId, Object.keys(responses).map(Number)]),
);

const stat = { name: "etc", size: 1, mode: 0o644, mtime: "2026-01-01T00:00:00Z", linkTarget: "" };
const output = [
  { stream: "stdout", data: "out" },
  { stream: "stderr", data: "err" },
] as const;

/** A body of each response kind, and what the SDK makes of it. */
const bodies = {
  json: { body: { Wide: 9223372036854771713n }, read: async (data: unknown) => data },
  none: { body: undefined, read: async (data: unknown) => data },
  text: { body: "OK", read: async (data: unknown) => data },
  tar: { body: Buffer.alloc(1024), read: (data: unknown) => bytesOf(data as AsyncIterable<unknown>) },
  archive: { body: Buffer.alloc(1024), read: (data: unknown) => bytesOf(data as AsyncIterable<unknown>) },
  "path-stat": { body: stat, read: async (data: unknown) => data },
  "json-lines": {
    body: [{ Wide: 9223372036854771713n }, { second: true }],
    read: (data: unknown) => collect(data as AsyncIterable<unknown>),
  },
  progress: {
    body: [{ status: "Pulling" }, { status: "Done" }],
    read: (data: unknown) => collect(data as AsyncIterable<unknown>),
  },
  frames: { body: output, read: textsOf },
  hijack: { body: output, read: textsOf },
  websocket: { body: [output[0]], read: textsOf },
} as const;

async function textsOf(data: unknown): Promise<unknown[]> {
  const chunks = (await collect(data as AsyncIterable<unknown>)) as { stream: string; data: Buffer }[];
  return chunks.map(({ stream, data: bytes }) => ({ stream, data: bytes.toString() }));
}

type Method = (...args: unknown[]) => Call<unknown>;

/** Calls an operation with whatever it requires. */
function call(docker: Docker, { id, path, required, body }: Operation): Promise<Result<unknown>> {
  const method = (docker as unknown as Record<string, Method>)[nameOf(id)] as Method;
  const names = [...path.matchAll(/\{[^}]+\}/g)].map(() => "x");
  const sent = required.includes("body") ? [body === "application/json" ? {} : Buffer.from("tar")] : [];
  const options = required.filter((name) => name !== "body").map((name) => [name, "1"]);
  return method
    .call(docker, ...names, ...sent, ...(options.length > 0 ? [Object.fromEntries(options)] : []))
    .result();
}

const nameOf = (id: string) => (id.charAt(0).toLowerCase() + id.slice(1)) as MockedName;

/** An upgrade that is answered with 200 is refused; only a detached exec is answered so. */
const isStatus = ({ kind }: Operation, status: number): boolean =>
  status !== 200 || (kind !== "hijack" && kind !== "websocket");

test.each(Object.values(operations) as Operation[])(
  "$id answers with every declared status",
  async (operation) => {
    const engine = mockEngine();
    await using docker = new Docker(engine.options);
    const mock = engine.on(nameOf(operation.id)) as unknown as {
      reply(status: number, body: unknown): void;
    };
    const statuses = declared.get(operation.id)?.filter((status) => isStatus(operation, status)) ?? [];
    expect(statuses.length).toBeGreaterThan(0);
    for (const status of statuses) {
      if (status >= 400) {
        mock.reply(status, { message: "why" });
        // A HEAD has no body.
        const message = operation.method === "HEAD" ? "(no message)" : "why";
        expect(await call(docker, operation)).toMatchObject({
          ok: false,
          status,
          error: { status, operation: operation.id, message: expect.stringContaining(message) },
        });
      } else {
        const { body, read } = bodies[operation.kind];
        const sent = status === 204 || status === 304 ? undefined : body;
        mock.reply(status, sent);
        const result = await call(docker, operation);
        expect(result).toMatchObject({ ok: true, status });
        expect(await read(result.ok && result.data)).toEqual(sent);
      }
    }
    engine.done();
  },
);

test("a detached exec is answered without an upgrade", async () => {
  const engine = mockEngine();
  await using docker = new Docker(engine.options);
  engine.on("execStart", { body: { Detach: true } }).reply(200);
  expect(await docker.execStart("e1", { body: { Detach: true } }).result()).toMatchObject({
    ok: true,
    status: 200,
  });
  engine.done();
});
