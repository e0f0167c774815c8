import { CredentialsRequest, CredentialsResponse } from "../../../generated/buildkit/session.js";
import { type Methods, unary } from "../grpc/method.js";
import type { BuildKitSettings } from "../settings.js";

/** The names by which the Engine asks for Docker Hub. */
const HUB: readonly string[] = ["registry-1.docker.io", "index.docker.io"];

/**
 * Gives the Engine the login for a registry that it is about to talk to, or an empty one. A login is only ever given for
 * its own host.
 */
export const auth = (login: BuildKitSettings["login"]): Methods => ({
  "/moby.filesync.v1.Auth/Credentials": unary(
    CredentialsRequest,
    CredentialsResponse,
    async ({ Host }, { signal }) => {
      const found = await login(HUB.includes(Host) ? "docker.io" : Host, signal);
      // A login without a user is an identity token.
      if (found?.identitytoken) return { Username: "", Secret: found.identitytoken };
      return { Username: found?.username ?? "", Secret: found?.password ?? "" };
    },
  ),
});
