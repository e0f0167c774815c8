import { resolveConfig } from "../../../src/config/index.js";
import { ConfigError } from "../../../src/index.js";
import { given } from "./given.js";

test.each([
  { option: undefined, env: {}, want: undefined },
  { option: undefined, env: { DOCKER_API_VERSION: "" }, want: undefined },
  { option: undefined, env: { DOCKER_API_VERSION: "1.41" }, want: "1.41" },
  { option: "1.45", env: { DOCKER_API_VERSION: "1.41" }, want: "1.45" },
  { option: "1.45", env: { DOCKER_API_VERSION: "nonsense" }, want: "1.45" },
])("the option $option and $env pin $want", ({ option, env, want }) => {
  expect(resolveConfig(given({ options: { apiVersion: option }, env })).apiVersion).toBe(want);
});

test.each(["", " 1.41", "1", "1.", "1.x", "1.041", "2.0", "0.1", "1.48.0", "latest"])(
  "%j is not a version",
  (version) => {
    const attempt = () => resolveConfig(given({ options: { apiVersion: version } }));
    expect(attempt).toThrow(ConfigError);
    expect(attempt).toThrow(
      `The option apiVersion ${JSON.stringify(version)} is not an API version. Write it as in "1.48".`,
    );
  },
);

test("a leading v is refused with advice", () => {
  expect(() => resolveConfig(given({ env: { DOCKER_API_VERSION: "v1.41" } }))).toThrow(
    'DOCKER_API_VERSION "v1.41" is not an API version. Omit the "v".',
  );
});
