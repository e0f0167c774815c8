import { ArgumentError } from "../../../../src/index.js";
import { secondsOf } from "../../../../src/operation/prepare/moment.js";
import { platformText, readPlatform } from "../../../../src/platform.js";
import { fc } from "../../../helpers/properties.js";

function accepted<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    expect(error).toBeInstanceOf(ArgumentError);
    return undefined;
  }
}

const SECONDS = /^\d+(\.\d{1,9})?$/;
const seconds = (moment: unknown): string => secondsOf(moment, "since", () => 1_800_000_000_000);
/** From 1970 to the year 2200, with nanoseconds. */
const instant = fc.tuple(fc.nat({ max: 7_258_118_399 }), fc.nat({ max: 999_999_999 }));

test("an RFC 3339 time keeps its nanoseconds, in whatever zone it is written", () => {
  const zone = fc.integer({ min: -14 * 60, max: 14 * 60 });
  fc.assert(
    fc.property(instant, zone, ([second, nanos], minutes) => {
      const shifted = new Date((second + minutes * 60) * 1000);
      fc.pre(shifted.getTime() >= 0);
      const sign = minutes < 0 ? "-" : "+";
      const pad = (number: number): string => String(number).padStart(2, "0");
      const offset = `${sign}${pad(Math.floor(Math.abs(minutes) / 60))}:${pad(Math.abs(minutes) % 60)}`;
      const fraction = String(nanos).padStart(9, "0");
      const text = `${shifted.toISOString().slice(0, 19)}.${fraction}${offset}`;
      expect(seconds(text)).toBe(`${second}.${fraction}`);
    }),
  );
});

test("a Date and a number of seconds are that moment", () => {
  fc.assert(
    fc.property(instant, ([second, nanos]) => {
      const milliseconds = String(Math.floor(nanos / 1e6)).padStart(3, "0");
      expect(seconds(new Date(Number(`${second}${milliseconds}`)))).toBe(`${second}.${milliseconds}`);
      expect(seconds(second)).toBe(String(second));
    }),
  );
});

test("a duration is that long before now", () => {
  const part = fc.nat({ max: 59 });
  fc.assert(
    fc.property(part, part, part, (h, m, s) => {
      const ago = h * 3600 + m * 60 + s;
      expect(Number(seconds(`${h}h${m}m${s}s`))).toBe(1_800_000_000 - ago);
    }),
  );
});

test("anything else is Unix seconds in the Engine's form, or refused", () => {
  const pieces = fc.constantFrom(
    "1",
    "10",
    ".",
    "h",
    "m",
    "s",
    "ns",
    "-",
    "+",
    ":",
    "T",
    "Z",
    "2026-01-31",
    "12:00:00",
    "e5",
  );
  const text = fc.array(pieces, { maxLength: 6 }).map((all) => all.join(""));
  fc.assert(
    fc.property(
      fc.oneof(text, fc.string(), fc.double(), fc.date(), fc.anything({ maxDepth: 1 })),
      (moment) => {
        const read = accepted(() => seconds(moment));
        if (read !== undefined) expect(read).toMatch(SECONDS);
      },
    ),
  );
});

const word = fc.stringMatching(/^[a-z0-9]{1,8}$/);

test("a platform is read as it is written", () => {
  fc.assert(
    fc.property(word, word, fc.option(word), (os, architecture, variant) => {
      const text = [os, architecture, ...(variant === null ? [] : [variant])].join("/");
      const platform = readPlatform(text, "ImageGet");
      expect(platform).toEqual({ os, architecture, ...(variant === null ? {} : { variant }) });
      expect(platformText(platform)).toBe(text);
      expect(readPlatform(platform, "ImageGet")).toEqual(platform);
    }),
  );
});

test("anything else is a platform with an os and an architecture, or refused", () => {
  const text = fc.array(fc.constantFrom("/", "linux", "arm64", "v8", " ", "")).map((all) => all.join(""));
  const members = fc.record(
    {
      os: fc.anything({ maxDepth: 1 }),
      architecture: fc.anything({ maxDepth: 1 }),
      variant: fc.anything({ maxDepth: 1 }),
      "os.features": fc.anything({ maxDepth: 1 }),
    },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(fc.oneof(text, members, fc.anything({ maxDepth: 1 })), (given) => {
      const platform = accepted(() => readPlatform(given as string, "ImageGet"));
      if (platform === undefined) return;
      expect([typeof platform.os, typeof platform.architecture]).toEqual(["string", "string"]);
      expect(platform.os && platform.architecture).toBeTruthy();
    }),
  );
});
