import { operations } from "#generated/operations.js";
import { ArgumentError } from "../../../../src/index.js";
import { type Moment, secondsOf } from "../../../../src/operation/index.js";
import { writeParameters } from "../../../../src/operation/prepare/parameters.js";

const NOW = 1_700_000_000_000;
const at = (moment: unknown): string => secondsOf(moment, "SystemEvents: the option since", () => NOW);

test.each<{ given: Moment; want: string }>([
  { given: new Date(1_700_000_000_123), want: "1700000000.123" },
  { given: new Date(0), want: "0.000" },
  { given: 0, want: "0" },
  { given: 1_700_000_000, want: "1700000000" },
  { given: 1_700_000_000.123, want: "1700000000.123" },
  { given: 1 / 3, want: "0.333333333" },
  { given: 1e-9, want: "0.000000001" },
  { given: "1700000000", want: "1700000000" },
  { given: "1700000000.123456789", want: "1700000000.123456789" },
  { given: "2023-11-14T22:13:20Z", want: "1700000000.000" },
  { given: "2023-11-14T22:13:20.5Z", want: "1700000000.500" },
  { given: "2023-11-14T22:13:20.123456789Z", want: "1700000000.123456789" },
  { given: "2023-11-14T23:13:20.123456789+01:00", want: "1700000000.123456789" },
  { given: "10m", want: "1699999400.000" },
  { given: "1h30m", want: "1699994600.000" },
  { given: "1.5s", want: "1699999998.500" },
  { given: "250ms", want: "1699999999.750" },
  { given: "1s1000µs1000us1000000ns", want: "1699999998.997" },
  { given: "0s", want: "1700000000.000" },
])("$given is $want", ({ given, want }) => {
  expect(at(given)).toBe(want);
});

test("what went to the Engine goes there again as it is", () => {
  for (const moment of [new Date(NOW), "1h", "2023-11-14T22:13:20.123456789Z", 1e-9]) {
    expect(at(at(moment))).toBe(at(moment));
  }
});

test.each<{ given: unknown; named: string }>([
  { given: new Date("x"), named: "an invalid Date" },
  { given: new Date(-1), named: "1969-12-31T23:59:59.999Z" },
  { given: Number.NaN, named: "NaN" },
  { given: Number.POSITIVE_INFINITY, named: "Infinity" },
  { given: -1, named: "-1" },
  { given: NOW, named: "1700000000000 (are these milliseconds?)" },
  { given: String(NOW), named: '"1700000000000" (are these milliseconds?)' },
  { given: "yesterday", named: '"yesterday"' },
  { given: "", named: '""' },
  { given: "-10m", named: '"-10m"' },
  { given: "10 m", named: '"10 m"' },
  { given: "1d", named: '"1d"' },
  { given: "1000000h", named: '"1000000h"' },
  { given: "2023-11-14", named: '"2023-11-14"' },
  { given: "2023-11-14T22:13:20", named: '"2023-11-14T22:13:20"' },
  { given: "2023-13-14T22:13:20Z", named: '"2023-13-14T22:13:20Z"' },
  { given: "1.1234567890", named: '"1.1234567890"' },
  { given: null, named: "null" },
  { given: true, named: "true" },
  { given: {}, named: "an object" },
])("$named is refused, and what is accepted is named", ({ given, named }) => {
  expect(() => at(given)).toThrow(ArgumentError);
  expect(() => at(given)).toThrow(
    'SystemEvents: the option since must be a Date, Unix seconds, an RFC 3339 time such as "2026-01-31T12:00:00Z", ' +
      `or how long ago, such as "10m" or "1h30m", not ${named}. It must be in 1970 or later.`,
  );
});

test("an age counts back from now", () => {
  const before = Date.now();
  const { query } = writeParameters(operations.ContainerLogs, { since: "10m", until: "1h" });
  const sent = new URLSearchParams(query);
  for (const [name, ago] of [
    ["since", 600_000],
    ["until", 3_600_000],
  ] as const) {
    const ms = Number(sent.get(name)) * 1000 + ago;
    expect(ms).toBeGreaterThanOrEqual(before - 1);
    expect(ms).toBeLessThanOrEqual(Date.now() + 1);
  }
});

test.each(["ContainerLogs", "ServiceLogs", "TaskLogs", "SystemEvents"] as const)(
  "%s refuses what is not a moment",
  (id) => {
    expect(() => writeParameters(operations[id], { since: "yesterday" })).toThrow(
      `${id}: the option since must be a Date`,
    );
  },
);
