import { Readable } from "node:stream";
import { ArchiveStream, pathType, StreamError } from "../../../src/index.js";
import { readPathStat } from "../../../src/streams/index.js";

const stat = { name: "passwd", size: 340, mode: 0o644, mtime: "2026-11-23T20:00:00Z", linkTarget: "" };
const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64");

test("the header is base64 of JSON, with + and / in it", () => {
  const odd = { ...stat, name: "ÿ>?ÿ>?~~~" };
  expect(encode(odd)).toMatch(/[+/]/);
  expect(readPathStat(encode(odd), "ContainerArchiveInfo")).toEqual(odd);
});

test("a size beyond 2^53 is exact", () => {
  const text = JSON.stringify({ ...stat, size: 0 }).replace('"size":0', '"size":9223372036854771713');
  const header = Buffer.from(text).toString("base64");
  expect(readPathStat(header, "ContainerArchive")).toEqual({ ...stat, size: 9223372036854771713n });
});

test.each([
  {
    title: "a missing header",
    header: null,
    message:
      "ContainerArchive: the answer does not describe the path: its header X-Docker-Container-Path-Stat is missing",
  },
  { title: "no base64", header: "{}", message: 'cannot be read: "{}"' },
  { title: "no JSON", header: Buffer.from("passwd").toString("base64"), message: "cannot be read" },
  { title: "null", header: encode(null), message: "lacks a name" },
  { title: "a wide number", header: "LTkwMDcxOTkyNTQ3NDA5OTI=", message: "lacks a name" },
  {
    title: "another object",
    header: encode({ ...stat, mode: "0644" }),
    message: "lacks a name, size, mode or mtime",
  },
])("$title is a StreamError that shows it", ({ header, message }) => {
  expect(() => readPathStat(header, "ContainerArchive")).toThrow(StreamError);
  expect(() => readPathStat(header, "ContainerArchive")).toThrow(message);
});

test.each([
  ["file", 0o644],
  ["directory", 0x800001ed],
  ["symlink", 0x80001ff],
  ["device", 0x42001b6],
  ["pipe", 0x20001a4],
  ["socket", 0x10001ed],
  ["irregular", 0x80000],
])("the mode of a %s", (type, mode) => {
  expect(pathType({ mode })).toBe(type);
});

test("an archive is there to be read also if its header is not", async () => {
  const archive = new ArchiveStream(Readable.from([Buffer.alloc(1024)]), "ContainerArchive", null);
  expect(() => archive.stat).toThrow(StreamError);
  expect(await archive.bytes()).toHaveLength(1024);
});
