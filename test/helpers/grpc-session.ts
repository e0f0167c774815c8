import type { Methods } from "../../src/buildkit/grpc/method.js";
import { serve } from "../../src/buildkit/grpc/server.js";
import { duplexPair } from "./duplex-pair.js";
import { GrpcClient } from "./grpc-client.js";

/** Services as the Engine reaches them. */
export interface GrpcSession extends AsyncDisposable {
  readonly engine: GrpcClient;
  /** What ended the build. */
  readonly failures: unknown[];
}

export function grpcSession(methods: Methods): GrpcSession {
  const [near, far] = duplexPair();
  const failures: unknown[] = [];
  const server = serve(near, methods, (error) => failures.push(error));
  const engine = new GrpcClient(far);
  return {
    engine,
    failures,
    async [Symbol.asyncDispose]() {
      engine.close();
      await server.close();
    },
  };
}
