import type { Operation } from "#generated/operations.js";
import type { DistributionInspectOptions, RequestOptions } from "#generated/options.js";
import type { DistributionInspect } from "#generated/schema.js";
import { waitWithin } from "../../abort.js";
import { type Logins, registryOf } from "../../logins/index.js";
import {
  type Call,
  CallSite,
  type LookUp,
  type Performer,
  timeLeft,
  withHeaderOption,
} from "../../operation/index.js";

const AUTH = "X-Registry-Auth";

/** Inspects an image in its registry; `operation` is the DistributionInspect of the API version. */
export function inspectDistribution(
  performer: Performer,
  operation: Operation,
  logins: Logins,
  name: string,
  options: DistributionInspectOptions | undefined,
  request: RequestOptions | undefined,
): Call<DistributionInspect> {
  const site = new CallSite(inspectDistribution, operation.id);
  const addLogin: LookUp = async (call) => {
    if (AUTH in call.headers) return call;
    const lookup = new AbortController();
    const limits = { signal: call.request.signal, timeout: timeLeft(call) };
    try {
      const login = logins.find(registryOf(name), lookup.signal);
      return withHeaderOption(call, AUTH, await waitWithin(login, limits, operation.id));
    } finally {
      lookup.abort();
    }
  };
  const args = () => ({ path: { name }, options });
  return performer.start(operation, args, request, site, undefined, addLogin) as Call<DistributionInspect>;
}
