import { pathType, StreamError } from "../../../src/index.js";
import { readPathStat } from "../../../src/streams/path-stat.js";
import { fc } from "../../helpers/properties.js";

const header = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64");
const stat = fc.record({
  name: fc.string({ unit: "grapheme" }),
  size: fc.nat(),
  mode: fc.nat({ max: 2 ** 32 - 1 }),
  mtime: fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
  linkTarget: fc.string({ unit: "grapheme" }),
});

test("the Engine's description of a path is read unchanged, whatever its name", () => {
  fc.assert(
    fc.property(stat, (told) => {
      const read = readPathStat(header(told), "ContainerArchiveInfo");
      expect(read).toEqual(told);
      expect(pathType(read)).toMatch(/^[a-z]+$/);
    }),
  );
});

test("any header gives a complete path stat, or a StreamError", () => {
  const almost = fc.record(
    {
      name: fc.anything({ maxDepth: 1 }),
      size: fc.anything({ maxDepth: 1 }),
      mode: fc.anything({ maxDepth: 1 }),
      mtime: fc.anything({ maxDepth: 1 }),
    },
    { requiredKeys: [] },
  );
  const headers = fc.oneof(
    fc.string(),
    fc.base64String(),
    fc.constant(null),
    fc.jsonValue().map(header),
    almost
      .map((value) =>
        Buffer.from(JSON.stringify(value, (_, member) => (typeof member === "bigint" ? 1 : member))),
      )
      .map((bytes) => bytes.toString("base64")),
  );
  fc.assert(
    fc.property(headers, (given) => {
      try {
        const { name, size, mode, mtime, linkTarget } = readPathStat(given, "ContainerArchiveInfo");
        expect([name, size, mode, mtime, linkTarget].map((value) => typeof value)).toEqual([
          "string",
          "number",
          "number",
          "string",
          "string",
        ]);
      } catch (error) {
        expect(error).toBeInstanceOf(StreamError);
      }
    }),
  );
});
