import { checkOptions, type Rules } from "../../arguments.js";
import type { EngineClient } from "../engine-client.js";
import { LIMIT_RULES, type Limits } from "../limits.js";
import type { Condition } from "./conditions.js";
import { checkedContainer } from "./container-name.js";
import type { HostFinder } from "./engine-host.js";
import { checkedCondition } from "./until.js";

/** Options of `docker.waitFor`. */
export interface WaitForOptions extends Limits {
  /** The host where published ports can be reached, a name or an address; that of `docker.hostOf()` by default. */
  readonly host?: string | undefined;
}

const RULES: Rules<WaitForOptions> = {
  ...LIMIT_RULES,
  host: {
    must: 'a name or an address, such as "10.0.0.5"',
    check: (value) => typeof value === "string" && /^[^\s/[\]@?#%]+$/.test(value),
  },
};

/** Waits until a container is ready; see `docker.waitFor`. Its code is loaded when first used. */
export async function waitFor(
  docker: EngineClient,
  findHost: HostFinder,
  container: string,
  condition: Condition,
  options?: WaitForOptions,
): Promise<void> {
  const { host, ...limits } = checkOptions(options, RULES, { where: "waitFor" });
  const name = checkedContainer(container, "waitFor");
  const checked = checkedCondition(condition, "waitFor: the condition");
  const { readiness } = await import("./readiness.js");
  const find: HostFinder = host === undefined ? findHost : async () => host;
  await readiness(docker, find, name, checked, limits);
}
