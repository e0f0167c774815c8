import nock from "nock";
import type { Client } from "../../generated/v1.55/client.js";
import { Docker as HomeDocker } from "../../src/index.js";
import { useNock } from "../helpers/use-nock.js";

// Here src/ stands on generated/v1.55; the compiler, which knows one version at a time, has to be told.
useNock();
type Docker155 = Omit<HomeDocker, keyof Client> & Client;
const client = (options: ConstructorParameters<typeof HomeDocker>[0]): Docker155 =>
  new HomeDocker(options) as unknown as Docker155;
const host = "unix:///var/run/docker.sock";
const docker = client({ host });
const engine = () => nock("http://localhost");

test("attestations of an image are listed (API 1.55)", async () => {
  const statement = {
    Descriptor: { mediaType: "m", digest: "sha256:1", size: 1 },
    PredicateType: "https://slsa.dev/x",
  };
  const platform = { os: "linux", architecture: "arm64" };
  engine()
    .get("/v1.55/images/alpine/attestations")
    .query({ platform: JSON.stringify(platform), type: "https://slsa.dev/x", statement: "true" })
    .reply(200, [statement]);
  const options = { platform, type: ["https://slsa.dev/x"], statement: true };
  expect(await docker.imageAttestations("alpine", options)).toEqual([statement]);
});

test("what identifies images is refused where the Engine speaks 1.52 only, not silently ignored", async () => {
  const old = client({ host, apiVersion: "1.52" });
  await expect(old.imageList({ identity: true })).rejects.toThrow("the option identity needs API 1.54");
});
