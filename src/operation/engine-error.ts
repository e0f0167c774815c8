import { EngineError } from "../errors.js";
import { redactUrl } from "../secrets.js";
import type { EngineResponse } from "../transport/index.js";
import { adviceOn } from "./advice.js";
import { type PreparedCall, urlOf } from "./prepare/prepare.js";

/** An answer to a call, and the API version of its request. */
interface Answered {
  readonly response: EngineResponse;
  readonly version: string;
}

/** The error for a failed answer; `own` is the newest API version that we speak. */
export async function engineErrorOf(
  call: PreparedCall,
  { response, version }: Answered,
  own: string,
): Promise<EngineError> {
  const body = await response.failure();
  const { status } = response;
  const { id, method } = call.operation;
  const url = redactUrl(urlOf(call, version));
  const [path] = url.split("?", 1);
  return new EngineError(
    { status, operation: id, method, url, body },
    adviceOn({ own, used: version }, body, response),
    // `request` would name no operation.
    call.kind.startsWith("raw") ? `${id}: ${method} ${path} failed with status ${status}` : undefined,
  );
}
