import type {
  ContainerInspectResponse,
  ExecInspectResponse,
  ImageInspect,
  ProgressMessage,
  SystemVersion,
} from "#generated/schema.js";
import { checkedAnswer, type Shape } from "./checked-answer.js";

/** The parts of inspections and the like that workflows read; each function returns the checked answer. */

const CONTAINER: Shape = {
  Id: "string",
  Name: "string",
  Config: { Healthcheck: { Test: ["string"] } },
  HostConfig: { AutoRemove: "boolean", NetworkMode: "string" },
  State: {
    Status: "string",
    Running: "boolean",
    ExitCode: "number",
    StartedAt: "string",
    FinishedAt: "string",
    Health: { Status: "string", Log: [{ ExitCode: "number", Output: "string" }] },
  },
  NetworkSettings: {
    Ports: { "*": [{ HostIp: "string", HostPort: "string" }] },
    Networks: {
      "*": {
        NetworkID: "string",
        IPAddress: "string",
        GlobalIPv6Address: "string",
        Gateway: "string",
        IPv6Gateway: "string",
      },
    },
    // For API versions below 1.52.
    IPAddress: "string",
    GlobalIPv6Address: "string",
  },
};

export const inspectedContainer = (
  answer: ContainerInspectResponse,
  ...needed: string[]
): ContainerInspectResponse => checkedAnswer(answer, "ContainerInspect", CONTAINER, needed);

const EXEC: Shape = { Running: "boolean", ExitCode: "number" };

export const inspectedExec = (answer: ExecInspectResponse): ExecInspectResponse =>
  checkedAnswer(answer, "ExecInspect", EXEC, []);

const PLATFORM: Shape = { os: "string", architecture: "string", variant: "string" };
const IMAGE: Shape = {
  Id: "string",
  Os: "string",
  Architecture: "string",
  Variant: "string",
  Size: "number",
  Manifests: [
    {
      ID: "string",
      Kind: "string",
      Available: "boolean",
      Descriptor: { platform: PLATFORM },
      ImageData: { Platform: PLATFORM },
      Size: { Content: "number" },
    },
  ],
};

export const inspectedImage = (answer: ImageInspect, ...needed: string[]): ImageInspect =>
  checkedAnswer(answer, "ImageInspect", IMAGE, needed);

export const versionOf = (answer: SystemVersion): SystemVersion =>
  checkedAnswer(answer, "SystemVersion", { Components: [{ Name: "string" }] }, []);

const PROGRESS: Shape = {
  id: "string",
  status: "string",
  stream: "string",
  progressDetail: { current: "number", total: "number" },
  aux: { ID: "string", Tag: "string", Digest: "string", Size: "number", originalIndex: { digest: "string" } },
};

export const progressOf = (record: ProgressMessage, operation: string): ProgressMessage =>
  checkedAnswer(record, operation, PROGRESS, []);
