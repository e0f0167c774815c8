/** Builds with BuildKit through the Engine's API; loaded by builds that use it. */

export { buildWithBuildKit } from "./build.js";
export type {
  BuildEvent,
  BuildLogEvent,
  BuildStatusEvent,
  BuildStep,
  BuildStepEvent,
  BuildWarning,
  BuildWarningEvent,
} from "./build-event.js";
export type {
  BuildKitContext,
  BuildKitDestination,
  BuildKitOutput,
  BuildKitQuery,
  BuildKitResult,
  BuildKitSettings,
  PathMatcher,
  RegistryLogin,
} from "./settings.js";
