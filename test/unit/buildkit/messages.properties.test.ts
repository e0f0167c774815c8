import { join } from "node:path";
import protobuf from "protobufjs";
import { Packet, Stat } from "../../../generated/buildkit/filesync.js";
import { BytesMessage, CredentialsResponse } from "../../../generated/buildkit/session.js";
import { StatusResponse } from "../../../generated/buildkit/trace.js";
import { fc } from "../../helpers/properties.js";

/** The same messages as another library knows them. */
const root = new protobuf.Root();
for (const file of ["trace", "session", "filesync"]) {
  root.loadSync(join("spec", "buildkit", `${file}.proto`), { keepCase: true });
}
const theirs = (name: string) => root.lookupType(name);

const int64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
const uint32 = fc.integer({ min: 0, max: 2 ** 32 - 1 });
const int32 = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });
const bytes = fc.uint8Array({ maxLength: 40 });
const text = fc.string({ unit: "binary", maxLength: 20 });
const time = fc.record({ seconds: int64, nanos: int32 });
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });

const stat = fc.record({
  path: text,
  mode: uint32,
  uid: uint32,
  gid: uint32,
  size: int64,
  modTime: int64,
  linkname: text,
  devmajor: int64,
  devminor: int64,
});
const packet = fc.record({ type: fc.nat(4), stat: maybe(stat), ID: uint32, data: bytes });
const vertex = fc.record({
  digest: text,
  inputs: fc.array(text, { maxLength: 3 }),
  name: text,
  cached: fc.boolean(),
  started: maybe(time),
  completed: maybe(time),
  error: text,
});
const position = fc.record({ line: int32, character: int32 });
const status = fc.record({
  vertexes: fc.array(vertex, { maxLength: 3 }),
  statuses: fc.array(
    fc.record({
      ID: text,
      vertex: text,
      name: text,
      current: int64,
      total: int64,
      timestamp: maybe(time),
      started: maybe(time),
      completed: maybe(time),
    }),
    { maxLength: 2 },
  ),
  logs: fc.array(fc.record({ vertex: text, timestamp: maybe(time), stream: int64, msg: bytes }), {
    maxLength: 2,
  }),
  warnings: fc.array(
    fc.record({
      vertex: text,
      level: int64,
      short: bytes,
      detail: fc.array(bytes, { maxLength: 2 }),
      url: text,
      info: maybe(fc.record({ filename: text })),
      ranges: fc.array(fc.record({ start: maybe(position), end: maybe(position) }), { maxLength: 2 }),
    }),
    { maxLength: 2 },
  ),
});

/** Numbers of 64 bits as the other library takes them, and no more absent fields. */
function forThem(value: unknown): unknown {
  if (typeof value === "bigint") {
    const { low, high } = {
      low: Number(BigInt.asIntN(32, value)),
      high: Number(BigInt.asIntN(32, value >> 32n)),
    };
    return new protobuf.util.Long(low, high, false);
  }
  if (value instanceof Uint8Array) return Buffer.from(value);
  if (Array.isArray(value)) return value.map(forThem);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, each]) => (each === undefined ? [] : [[key, forThem(each)]])),
  );
}

/** A message without what is not said of it, and with bytes of one class. */
function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return [...value];
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, each]) => (each === undefined ? [] : [[key, plain(each)]])),
  );
}

interface Codec {
  encode(message: never): Uint8Array;
  decode(bytes: Uint8Array): unknown;
}

const kinds: [name: string, type: string, codec: Codec, messages: fc.Arbitrary<unknown>][] = [
  ["Packet", "fsutil.types.Packet", Packet, packet],
  ["StatusResponse", "moby.buildkit.v1.StatusResponse", StatusResponse, status],
  ["BytesMessage", "moby.session.BytesMessage", BytesMessage, fc.record({ data: bytes })],
  [
    "CredentialsResponse",
    "moby.session.CredentialsResponse",
    CredentialsResponse,
    fc.record({ Username: text, Secret: text }),
  ],
];

describe.each(kinds)("a %s", (_, type, codec, messages) => {
  test("is read as it was written, and by another library as well", () =>
    fc.assert(
      fc.property(messages, (message) => {
        const ours = codec.encode(message as never);
        expect(plain(codec.decode(ours))).toEqual(plain(message));
        const reflected = theirs(type);
        // The other library sends what is empty, too: it is compared after it has read.
        const reread = reflected.encode(reflected.decode(ours)).finish();
        expect(plain(codec.decode(reread))).toEqual(plain(message));
        expect(
          plain(codec.decode(reflected.encode(forThem(message) as Record<string, unknown>).finish())),
        ).toEqual(plain(message));
      }),
    ));

  test("that is cut off is refused, or has fewer fields", () =>
    fc.assert(
      fc.property(messages, fc.nat(), (message, at) => {
        const whole = codec.encode(message as never);
        const cut = whole.subarray(0, at % (whole.length + 1));
        const read = (decode: () => unknown): boolean => {
          try {
            decode();
            return true;
          } catch (error) {
            expect(error).toBeInstanceOf(Error);
            return false;
          }
        };
        expect(read(() => codec.decode(cut))).toBe(read(() => theirs(type).decode(cut)));
      }),
    ));

  test("may have fields of a later version", () =>
    fc.assert(
      fc.property(
        messages,
        fc.integer({ min: 1000, max: 2000 }),
        bytes,
        int64,
        (message, number, more, count) => {
          const later = protobuf.Writer.create()
            .uint32(number * 8 + 2)
            .bytes(more)
            .uint32(number * 8)
            .int64(forThem(count) as never)
            .uint32(number * 8 + 1)
            .fixed64(forThem(count) as never)
            .uint32(number * 8 + 5)
            .fixed32(7)
            .finish();
          const whole = Buffer.concat([later, codec.encode(message as never), later]);
          expect(plain(codec.decode(whole))).toEqual(plain(message));
        },
      ),
    ));

  test("of any bytes is read or refused", () =>
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (any) => {
        try {
          codec.decode(any);
        } catch (error) {
          expect(error).toBeInstanceOf(Error);
        }
      }),
    ));
});

test.each([2n ** 53n, 2n ** 53n + 1n, 2n ** 63n - 1n, -(2n ** 63n), 0n])("%i keeps all its bits", (size) => {
  const message = {
    path: "a",
    mode: 0,
    uid: 0,
    gid: 0,
    size,
    modTime: size,
    linkname: "",
    devmajor: 0n,
    devminor: 0n,
  };
  expect(Stat.decode(Stat.encode(message))).toEqual(message);
});
