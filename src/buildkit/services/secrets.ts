import { GetSecretRequest, GetSecretResponse } from "../../../generated/buildkit/session.js";
import { ArgumentError } from "../../errors.js";
import { type Methods, unary } from "../grpc/method.js";
import { Code, GrpcError } from "../grpc/status.js";
import type { BuildKitSettings } from "../settings.js";

/** BuildKit's limit. */
const LARGEST_SECRET = 500 * 1024;

/** Reads secrets when a step asks for them. The Engine also asks for some of its own, which need not exist. */
export const secrets = (readers: BuildKitSettings["secrets"]): Methods => ({
  "/moby.buildkit.secrets.v1.Secrets/GetSecret": unary(
    GetSecretRequest,
    GetSecretResponse,
    async ({ ID: id }) => {
      const read = readers.get(id);
      if (!read) throw new GrpcError(Code.NOT_FOUND, `secret ${id}: not found`);
      const data = await read();
      if (data.length <= LARGEST_SECRET) return { data };
      throw new ArgumentError(
        `build: the secret ${id} has ${data.length} bytes; BuildKit takes ${LARGEST_SECRET} at most`,
      );
    },
  ),
});
