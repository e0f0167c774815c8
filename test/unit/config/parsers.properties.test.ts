import { describeEndpoint } from "../../../src/config/endpoint.js";
import { parseCsvRecord } from "../../../src/config/headers.js";
import { parseHost } from "../../../src/config/host.js";
import { resolveConfig } from "../../../src/config/index.js";
import { ConfigError } from "../../../src/index.js";
import { fc } from "../../helpers/properties.js";
import { given } from "./given.js";

/** Gives undefined for the refusal that is due; anything else that is thrown fails the test. */
function accepted<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError);
    return undefined;
  }
}

/** Texts that look like an address more often than chance would have it. */
const almostHost = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        "unix://",
        "tcp://",
        "https://",
        "ssh://",
        "npipe:",
        "/",
        "\\",
        ":",
        "@",
        "[",
        "]",
        "%25",
        "%",
      ),
      fc.constantFrom(
        "::1",
        "fe80::1",
        "host",
        "-o",
        "2375",
        "65536",
        "..",
        "?",
        "#",
        "pipe",
        "docker.sock",
        "u",
        "\0",
      ),
      fc.string({ maxLength: 3, unit: "binary" }),
    ),
    { maxLength: 8 },
  )
  .map((parts) => parts.join(""));

test("any text is a host that reads the same when written, or is refused", () => {
  fc.assert(
    fc.property(almostHost, (text) => {
      const endpoint = accepted(() => parseHost(text, "the option host"));
      if (endpoint === undefined || endpoint.kind === "connect") return;
      const again = parseHost(describeEndpoint(endpoint), "the option host");
      // What a platform's authorities are told of is where the address is from.
      expect(again).toEqual(endpoint);
    }),
  );
});

test("no host reaches ssh as an option or with a character that a shell reads", () => {
  fc.assert(
    fc.property(almostHost, (rest) => {
      const endpoint = accepted(() => parseHost(`ssh://${rest}`, "the option host"));
      if (endpoint?.kind !== "ssh") return;
      for (const part of [endpoint.hostname, endpoint.user ?? "u"]) {
        expect(part).toMatch(/^[a-z0-9._:@%+][a-z0-9._:@%+-]*$/i);
      }
    }),
  );
});

const port = fc.integer({ min: 1, max: 65_535 });
const name = fc.stringMatching(/^[a-z0-9][a-z0-9.-]{0,20}$/);
const address = fc.oneof(name, fc.ipV4(), fc.ipV6());

test("every address and port is read as they are", () => {
  fc.assert(
    fc.property(address, port, (hostname, number) => {
      const host = hostname.includes(":") ? `[${hostname}]` : hostname;
      expect(parseHost(`tcp://${host}:${number}`, "the option host")).toMatchObject({
        kind: "tcp",
        hostname,
        port: number,
      });
    }),
  );
});

const field = fc
  .array(fc.constantFrom("a", '"', ",", "=", " ", "é", "1"), { maxLength: 6 })
  .map((all) => all.join(""));
const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`;

test("the fields of a CSV record are read as they were written, quoted or not", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(field, fc.boolean()), { minLength: 1 }), (fields) => {
      const record = fields
        .map(([text, quotes]) => (quotes || /[",]/.test(text) ? quoted(text) : text))
        .join(",");
      expect(parseCsvRecord(record)).toEqual(fields.map(([text]) => text));
    }),
  );
});

test("any DOCKER_CUSTOM_HEADERS are headers, or refused", () => {
  const almostHeaders = fc.oneof(
    fc.array(field, { maxLength: 4 }).map((fields) => fields.join(",")),
    fc.string({ unit: "binary" }),
  );
  fc.assert(
    fc.property(almostHeaders, (custom) => {
      const headers = accepted(
        () =>
          resolveConfig(given({ env: { DOCKER_CUSTOM_HEADERS: custom, DOCKER_HOST: "tcp://h" } })).headers,
      );
      for (const value of Object.values(headers ?? {})) expect(value).not.toMatch(/[\r\n\0]/);
    }),
  );
});
