import { parseJson, writeJson } from "../../../src/streams/wide-json.js";
import { fc } from "../../helpers/properties.js";

describe("parseJson", () => {
  test.each([
    ["the largest safe integer", "9007199254740991", Number.MAX_SAFE_INTEGER],
    ["the smallest safe integer", "-9007199254740991", Number.MIN_SAFE_INTEGER],
    ["one more", "9007199254740992", 9007199254740992n],
    ["one less", "-9007199254740992", -9007199254740992n],
    ["the largest of 64 bits", "18446744073709551615", 18446744073709551615n],
    ["a long fraction", "0.12345678901234567890", 0.12345678901234568],
    ["a long decimal", "12345678901234567890.5", Number("12345678901234567890.5")],
    ["an exponent", "1234567890123456789e2", Number("1234567890123456789e2")],
    ["digits in a string", '"18446744073709551615"', "18446744073709551615"],
    ["digits behind an escaped quote", '"a\\"18446744073709551615"', 'a"18446744073709551615'],
    ["digits behind an escaped backslash", '["\\\\",18446744073709551615]', ["\\", 18446744073709551615n]],
    [
      "one that ends a record",
      '{"a":"b","timeNano":1763930000123456789}',
      { a: "b", timeNano: 1763930000123456789n },
    ],
    ["a negative one that ends a record", '{"n":-9223372036854775808}', { n: -9223372036854775808n }],
    [
      "one that ends a record after another",
      '{"a":9007199254740993,"b":9007199254740995}',
      { a: 9007199254740993n, b: 9007199254740995n },
    ],
    ["one that ends an inner record", '{"a":{"n":9007199254740993}}', { a: { n: 9007199254740993n } }],
    ["one that ends a record twice", '{"n":9007199254740993,"n":9007199254740995}', { n: 9007199254740995n }],
    ["one behind a key with a quote", '{"a,\\"n":9007199254740993}', { 'a,"n': 9007199254740993n }],
    [
      "one behind the key __proto__",
      '{"__proto__":9007199254740993}',
      JSON.parse('{"__proto__":0}', (key, value) => (key ? 9007199254740993n : value)),
    ],
    [
      "digits that end a string that ends a record",
      '{"a":"x,\\"n\\":9007199254740993}"}',
      { a: 'x,"n":9007199254740993}' },
    ],
    ["a decimal that ends a record", '{"n":9007199254740993.5}', { n: Number("9007199254740993.5") }],
    [
      "members anywhere, some of them alike",
      '{"list":[{"n":9007199254740993},{"n":9007199254740993,"m":[1.5,{"n":-9007199254740993}]}],"n":9007199254740995}',
      {
        list: [{ n: 9007199254740993n }, { n: 9007199254740993n, m: [1.5, { n: -9007199254740993n }] }],
        n: 9007199254740995n,
      },
    ],
    [
      "members with one key that round to the same number",
      '[{"n":9007199254740992,"x":0},{"n":9007199254740993,"x":0}]',
      [
        { n: 9007199254740992n, x: 0 },
        { n: 9007199254740993n, x: 0 },
      ],
    ],
    [
      "a member that rounds to another one's decimal",
      '[{"n":9007199254740993,"x":0},{"n":9007199254740992.0,"x":0}]',
      [
        { n: 9007199254740993n, x: 0 },
        { n: 9007199254740992, x: 0 },
      ],
    ],
    [
      "a member that comes twice",
      '[{"n":9007199254740993,"n":9007199254740995,"x":0}]',
      [{ n: 9007199254740995n, x: 0 }],
    ],
    [
      "a member beside an item of a list",
      '{"n":9007199254740993,"list":[9007199254740995]}',
      { n: 9007199254740993n, list: [9007199254740995n] },
    ],
    [
      "a member beside digits in a string",
      '{"n":9007199254740993,"text":"1, 9007199254740995, 2"}',
      { n: 9007199254740993n, text: "1, 9007199254740995, 2" },
    ],
    ["16 digits that are safe", '{"n":1763930000123456}', { n: 1763930000123456 }],
    ["digits as a key", '{"18446744073709551615":1}', { "18446744073709551615": 1 }],
  ])("%s", (_, text, want) => {
    expect(parseJson(text)).toEqual(want);
  });

  test("an event's time is exact to the nanosecond", () => {
    expect(parseJson('{"time":1763930000,"timeNano":1763930000123456789}')).toEqual({
      time: 1763930000,
      timeNano: 1763930000123456789n,
    });
  });

  test("bytes at hand are searched between their bounds only", () => {
    const before = Buffer.from("9007199254740993 ");
    const cases: [text: string, want: unknown][] = [
      ['{"é":1,"n":9007199254740993}', { é: 1, n: 9007199254740993n }],
      ['{"é":1,"timeNano":9007199254740995}', { é: 1, timeNano: 9007199254740995n }],
      ['{"é":9007199254740993,"n":1}', { é: 9007199254740993n, n: 1 }],
      ['{"n":1}', { n: 1 }],
      ["9007199254740993", 9007199254740993n],
    ];
    for (const [text, want] of cases) {
      const json = Buffer.from(text);
      const bytes = Buffer.concat([before, json, Buffer.from("9007199254740993}")]);
      const end = before.length + json.length;
      expect(parseJson(text, bytes, before.length, end)).toEqual(want);
    }
  });

  test.each(["{18446744073709551615:1}", "018446744073709551615", "18446744073709551615x", "[", ""])(
    "what is not JSON stays a SyntaxError: %j",
    (text) => {
      expect(() => parseJson(text)).toThrow(SyntaxError);
    },
  );

  test("any value without wide integers is as JSON.parse has it, however it is laid out", () => {
    fc.assert(
      fc.property(fc.jsonValue({ noUnicodeString: false }), fc.constantFrom(0, 2), (value, indent) => {
        const text = JSON.stringify(value, undefined, indent);
        const rounded = JSON.stringify(parseJson(text), (_, member) =>
          typeof member === "bigint" ? Number(member) : member,
        );
        expect(rounded).toBe(JSON.stringify(JSON.parse(text)));
      }),
    );
  });

  test("any integer of 64 bits that ends a record is exact, whatever comes before it", () => {
    const integer = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 64n - 1n });
    const member = fc.oneof(fc.string(), integer, fc.constantFrom("9007199254740993", ':9007199254740993,"'));
    const record = fc.dictionary(fc.oneof(fc.stringMatching(/^\w+$/), fc.string()), member);
    const exact = (value: bigint | string) =>
      typeof value === "bigint" && Number.isSafeInteger(Number(value)) ? Number(value) : value;
    fc.assert(
      fc.property(record, integer, (members, last) => {
        const value = { ...members, timeNano: last };
        const want = Object.fromEntries(Object.entries(value).map(([key, member]) => [key, exact(member)]));
        expect(parseJson(writeJson(value) as string)).toEqual(want);
      }),
    );
  });

  test("any integer of 64 bits is exact, wherever it stands", () => {
    const integer = fc.oneof(
      fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
      fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
    );
    fc.assert(
      fc.property(integer, fc.string(), fc.string(), (value, key, text) => {
        const json = `{${JSON.stringify(key)}:[${value}, ${JSON.stringify(text)},\n${value}]}`;
        const exact = Number.isSafeInteger(Number(value)) ? Number(value) : value;
        expect((parseJson(json) as Record<string, unknown>)[key]).toEqual([exact, text, exact]);
      }),
    );
  });

  test("any integers of 64 bits are exact as members, whatever is beside them", () => {
    const integer = fc.oneof(
      fc.bigInt({ min: 2n ** 53n - 4n, max: 2n ** 53n + 4n }),
      fc.constant(2n ** 64n - 1n),
    );
    const key = fc.constantFrom("a", "b", "__proto__", "é");
    const record = fc.array(fc.tuple(key, fc.oneof(integer, fc.string(), fc.double())));
    fc.assert(
      fc.property(fc.array(record), (records) => {
        const written = (value: bigint | string | number): string =>
          typeof value === "bigint" ? String(value) : JSON.stringify(value);
        const members = (fields: (typeof records)[number]) =>
          fields.map(([name, value]) => `${JSON.stringify(name)}:${written(value)}`).join(",");
        const value = parseJson(`[${records.map((fields) => `{${members(fields)}}`).join(",")}]`);
        records.forEach((fields, index) => {
          const parsed = (value as Record<string, unknown>[])[index];
          for (const [name, last] of new Map(fields)) {
            const text = written(last);
            const number: unknown = JSON.parse(text);
            const isWide = /^-?\d+$/.test(text) && !Number.isSafeInteger(number);
            const own = Object.getOwnPropertyDescriptor(parsed, name)?.value as unknown;
            expect(own).toEqual(isWide ? BigInt(text) : number);
          }
        });
      }),
    );
  });
});

describe("writeJson", () => {
  test("bigints are integers", () => {
    expect(writeJson({ a: [1n, -18446744073709551615n], b: "1n" })).toBe(
      '{"a":[1,-18446744073709551615],"b":"1n"}',
    );
  });

  test("what was read is written back as it was", () => {
    const text = '{"limit":18446744073709551615,"name":"x","list":[9007199254740993,null,true]}';
    expect(writeJson(parseJson(text))).toBe(text);
  });

  test("all else is as JSON.stringify has it", () => {
    fc.assert(fc.property(fc.anything(), (value) => expect(writeJson(value)).toBe(JSON.stringify(value))));
    expect(writeJson(undefined)).toBeUndefined();
    const cycle: Record<string, unknown> = {};
    cycle.self = cycle;
    expect(() => writeJson(cycle)).toThrow(TypeError);
  });
});
