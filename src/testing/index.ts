/**
 * docker-engine-sdk/testing, the test kit for code that uses the SDK: all of it is public, and no other folder
 * imports from it.
 */

export { checkRecording, type RecordingDrift } from "./check-recording.js";
export type { FakedReply, FakeEngine, FakeEngineOptions } from "./fake/fake-engine.js";
export type { FakeImage } from "./fake/images.js";
export type { FakeProcess, FakeProcesses, FakeProgram, FakeScript } from "./fake/scripts.js";
export { mockEngine, startFakeEngine } from "./kit.js";
export type { MockEngine, MockedReply } from "./mock-engine.js";
export type { MockedCall } from "./mocked-call.js";
export type {
  MockedArchive,
  MockedArguments,
  MockedBody,
  MockedName,
  MockedOutput,
  MockedStatus,
} from "./mocked-operations.js";
export type { MockedAnswerOptions, MockTiming } from "./mocked-reply.js";
export type { MockedRequest, RequestReply } from "./mocked-request.js";
export { type Recording, type RecordOptions, recordEngine } from "./record-engine.js";
export { type ReplayedEngine, type ReplayOptions, replayEngine } from "./replay-engine.js";
export { type FailedCall, failure, success } from "./settled-calls.js";
