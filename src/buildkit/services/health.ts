import {
  HealthCheckRequest,
  HealthCheckResponse,
  HealthCheckResponseServingStatus as ServingStatus,
} from "../../../generated/buildkit/session.js";
import { type Methods, unary } from "../grpc/method.js";

/** Tells the Engine every few seconds that the session is alive; it drops one that does not answer. */
export const health: Methods = {
  "/grpc.health.v1.Health/Check": unary(HealthCheckRequest, HealthCheckResponse, () => ({
    status: ServingStatus.SERVING,
  })),
};
