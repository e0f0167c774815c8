/**
 * docker-engine-sdk: the Docker Engine API for TypeScript. This is the whole public surface; what is not named here
 * (configuration, transport, the generated operations table) may change in any release.
 */

// Types of every schema, and the options of every operation.
export type * from "#generated/options.js";
export type * from "#generated/schema.js";
// The schema of that name is the platform of a swarm node; callers mean the one they ask for.
export type { RequestedPlatform as Platform } from "#generated/schema.js";
// What a build tells.
export type {
  BuildEvent,
  BuildLogEvent,
  BuildStatusEvent,
  BuildStep,
  BuildStepEvent,
  BuildWarning,
  BuildWarningEvent,
} from "./buildkit/index.js";
// The client.
export { Docker } from "./docker.js";
// Errors.
export {
  AbortedError,
  ArgumentError,
  BuildError,
  type BuildFailure,
  ConfigError,
  ConnectionError,
  DockerError,
  type DockerErrorCode,
  EngineError,
  type EngineFailure,
  HealthError,
  type HealthFailure,
  isDockerError,
  isEngineError,
  StreamError,
  TimeoutError,
  UnsupportedError,
} from "./errors.js";
export {
  type AnswerLimit,
  Call,
  type ErrorInfo,
  type Failure,
  type Hook,
  type ImageExporter,
  type ImageGetCall,
  type ImageGetResult,
  imageGet,
  type Moment,
  type OutgoingRequest,
  type RawRequest,
  RawResponse,
  type RequestInfo,
  type ResponseInfo,
  type Result,
  StreamCall,
  type Success,
} from "./operation/index.js";
export type { Connect, Credentials, DockerOptions, TlsOptions } from "./options.js";
// Streams.
export {
  ArchiveStream,
  AttachStream,
  type BodyStream,
  type DemuxOptions,
  demux,
  JsonStream,
  type LogChunk,
  type LogLine,
  LogStream,
  type PathStat,
  type PathType,
  ProgressStream,
  pathType,
  type ReadLimit,
  TarStream,
  type ToFileOptions,
} from "./streams/index.js";
export type {
  RequestAnswered,
  RequestEnded,
  RequestFailed,
  RequestIdentity,
  RequestMessage,
  RequestStarted,
} from "./transport/index.js";
// Workflows: several calls each.
export type {
  BuildKitOptions,
  BuildOptions,
  BuildOutput,
  BuildResult,
  BuildSecret,
  ClassicOptions,
  Condition,
  ConditionState,
  ContainerCreateBody,
  ContainerProcess,
  ContainerSettings,
  ContainerUsage,
  CopyContentInOptions,
  CopyInOptions,
  CopyOutOptions,
  EventsOptions,
  ExecConditionOptions,
  ExecOptions,
  ExecProcess,
  ExecResult,
  HostPort,
  HttpConditionOptions,
  ImagePlatform,
  Input,
  LaunchOptions,
  LayerStatus,
  Limits,
  LoadedImage,
  LoadOptions,
  LogConditionOptions,
  LoginCredentials,
  LoginResult,
  OneTag,
  OutputAttributes,
  OutputSinks,
  OutputText,
  PlatformChoice,
  PortConditionOptions,
  Ports,
  Process,
  ProcessSettings,
  ProcessSignal,
  PulledImage,
  PullOptions,
  PushedImage,
  PushOptions,
  ReadFileOptions,
  ReadinessDetails,
  ReadinessFailure,
  RegistryOptions,
  RunOptions,
  RunResult,
  SaveOptions,
  SpawnOptions,
  TarFile,
  TarFiles,
  TerminalSize,
  TransferEvent,
  TransferLayer,
  TransferMessage,
  UsageSample,
  WaitForOptions,
  WithStdin,
  WriteFileOptions,
} from "./workflows/index.js";
// Workflows: several calls each.
export { ReadinessError, tarOf, until, usageOf } from "./workflows/index.js";
