import { AbortedError, ConfigError } from "../../../src/errors.js";
import { GivenLogins } from "../../../src/logins/index.js";
import { planted } from "../../helpers/planted-secrets.js";

const wrong = (value: unknown): never => value as never;
const login = { username: "me", password: planted("password") };

test.each([
  ["r.example:5000", "r.example:5000", "r.example:5000"],
  ["https://r.example/v2/", "r.example", "r.example"],
  ["docker.io", "docker.io", "https://index.docker.io/v1/"],
  ["registry-1.docker.io", "docker.io", "https://index.docker.io/v1/"],
])("for %s the function is called with %s", async (host, called, serveraddress) => {
  const credentials = jest.fn(() => login);
  expect(await new GivenLogins(credentials).find(host)).toEqual({ ...login, serveraddress });
  expect(credentials.mock.calls).toEqual([[called]]);
});

test("a login may be promised, be for another registry, or be missing", async () => {
  const other = { ...login, serveraddress: "other.example" };
  expect(await new GivenLogins(async () => other).find("r.example")).toEqual(other);
  expect(await new GivenLogins(() => undefined).find("r.example")).toBeUndefined();
  expect(await new GivenLogins(wrong(() => null)).find("r.example")).toBeUndefined();
});

test.each<[what: string, credentials: () => unknown, says: string]>([
  [
    "throws",
    () => {
      throw new Error("no vault");
    },
    "failed: no vault",
  ],
  ["rejects", () => Promise.reject(new Error("no vault")), "failed: no vault"],
  ["returns text", () => planted("token"), "must be an object such as { username, password }, not a string"],
  [
    "misspells a member",
    () => ({ user: planted("user") }),
    "the option user is unknown. Known options: username",
  ],
  ["returns no text", () => ({ password: [planted("password")] }), "password must be a string, not an array"],
])("a function that %s is a ConfigError", async (_, credentials, says) => {
  const lookup = new GivenLogins(wrong(credentials)).find("r.example");
  await expect(lookup).rejects.toThrow(ConfigError);
  await expect(lookup).rejects.toThrow(says);
  await expect(lookup).rejects.toThrow('The option credentials, called for "r.example",');
});

test("a function that never settles is not waited for after an abort", async () => {
  const abort = new AbortController();
  const lookup = new GivenLogins(() => new Promise(() => undefined)).find("r.example", abort.signal);
  abort.abort();
  await expect(lookup).rejects.toThrow(AbortedError);
});

test("nothing is listed, stored or erased", async () => {
  const logins = new GivenLogins(() => login);
  expect(logins.configuredHosts()).toEqual([]);
  await expect(logins.store()).rejects.toThrow("The option credentials replaces stored logins");
  await expect(logins.erase()).rejects.toThrow(ConfigError);
});
