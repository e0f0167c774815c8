/**
 * Methods of the client that take several calls, such as `run` and `copyIn`; other folders may use these
 * functions, the types of their options, and `tarPieces`, which writes a tar entry.
 */

export { bytePath } from "./archive/byte-path.js";
export type { TarFile, TarFiles } from "./archive/content.js";
export { copyIn, copyOut } from "./archive/copy.js";
export type { CopyInOptions } from "./archive/copy-in.js";
export type { CopyOutOptions } from "./archive/copy-out.js";
export { copyContentIn, readFile, writeFile } from "./archive/files.js";
export type { Decoded, ReadFileOptions, Undecoded } from "./archive/read-file.js";
export { readTar, type TarEntry } from "./archive/read-tar.js";
export { endOfTar, paddingOf, type TarHeader, tarPieces, writeHeader } from "./archive/tar-header.js";
export { tarOf } from "./archive/tar-of.js";
export type { CopyContentInOptions, WriteFileOptions } from "./archive/write-file.js";
export { type ExecOptions, type ExecResult, exec } from "./containers/exec.js";
export { killIn } from "./containers/exec-kill.js";
export { launch, spawn } from "./containers/handles.js";
export type { LaunchOptions } from "./containers/launch.js";
export type { ContainerSettings } from "./containers/new-container.js";
export type { OutputSinks, OutputText } from "./containers/output.js";
export type { HostPort, Ports } from "./containers/ports.js";
export type {
  ContainerProcess,
  Detached,
  ExecProcess,
  Piped,
  Process,
  ProcessSignal,
  TerminalSize,
  WithStdin,
} from "./containers/process.js";
export type { ProcessSettings } from "./containers/process-options.js";
export { type RunOptions, type RunResult, run } from "./containers/run.js";
export type { SpawnOptions } from "./containers/spawn.js";
export type { Input } from "./containers/stdin.js";
export type { ContainerCreateBody } from "./containers/temporary-container.js";
export { type ContainerUsage, type UsageSample, usageOf } from "./containers/usage.js";
export { waitUntilHealthy } from "./containers/wait-until-healthy.js";
export { type EventsOptions, events } from "./events/events.js";
export { build } from "./images/build.js";
export type {
  BuildKitOptions,
  BuildOptions,
  BuildOutput,
  BuildResult,
  BuildSecret,
  ClassicOptions,
  OutputAttributes,
} from "./images/build-options.js";
export { inspectDistribution } from "./images/inspect-distribution.js";
export { type LoadedImage, type LoadOptions, load } from "./images/load.js";
export { type LoginCredentials, type LoginResult, login, logout } from "./images/login.js";
export type { PlatformChoice } from "./images/platform-forms.js";
export { type ImagePlatform, platforms } from "./images/platforms.js";
export {
  type OneTag,
  type PulledImage,
  type PullOptions,
  pull,
  type RegistryOptions,
} from "./images/pull.js";
export { type PushedImage, type PushOptions, push } from "./images/push.js";
export { type SaveOptions, save } from "./images/save.js";
export type {
  LayerStatus,
  TransferEvent,
  TransferLayer,
  TransferMessage,
} from "./images/transfer-event.js";
export type { Limits } from "./limits.js";
export { addressOf, portOf } from "./readiness/addresses.js";
export type {
  Condition,
  ExecConditionOptions,
  HttpConditionOptions,
  LogConditionOptions,
  PortConditionOptions,
  ServerVerification,
} from "./readiness/conditions.js";
export { engineHost, hostOf } from "./readiness/engine-host.js";
export {
  type ConditionState,
  type ReadinessDetails,
  ReadinessError,
  type ReadinessFailure,
} from "./readiness/readiness-error.js";
export { until } from "./readiness/until.js";
export { type WaitForOptions, waitFor } from "./readiness/wait-for.js";
