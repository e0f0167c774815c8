import { registryBinary } from "../helpers/registry-binary.js";

const reasons = (reason: string, ...operations: string[]): Record<string, string> =>
  Object.fromEntries(operations.map((operation) => [operation, reason]));

const NO_REGISTRY = "it takes docker-registry, which is not installed here";
const WITH_REGISTRY = ["SystemAuth", "ImagePush", "DistributionInspect"];
const WITH_PLUGIN = [
  "Create",
  "List",
  "Inspect",
  "Set",
  "Enable",
  "Disable",
  "Delete",
  "Push",
  "Pull",
  "Upgrade",
];

/** The operations that no engine test reaches, and why. One that is reached after all fails the run. */
export function unreached(env: NodeJS.ProcessEnv): Readonly<Record<string, string>> {
  return {
    SwarmJoin:
      "it takes a second Engine on the same network; these have a network each (its refusals are tested)",
    NodeDelete: "it takes a second node, which is down (its refusals are tested)",
    VolumeUpdate: "it updates cluster volumes, which take a CSI plugin (its refusals are tested)",
    ...(registryBinary()
      ? {}
      : reasons(
          NO_REGISTRY,
          ...WITH_REGISTRY,
          "GetPluginPrivileges",
          ...WITH_PLUGIN.map((verb) => `Plugin${verb}`),
        )),
    ...(env.DOCKER_HOST_RESTARTABLE
      ? {}
      : reasons("a swarm locks itself when its Engine restarts: set DOCKER_HOST_RESTARTABLE", "SwarmUnlock")),
  };
}
