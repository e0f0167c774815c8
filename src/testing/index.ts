/** docker-engine-sdk/testing: what helps to test code that uses the SDK. */
export { type FakeEngine, type FakeEngineOptions, startFakeEngine } from "./fake-engine.js";
export type { FakeImage } from "./fake-images.js";
export {
  type MockEngine,
  type MockedAnswerOptions,
  type MockedReply,
  mockEngine,
} from "./mock-engine.js";
export type { MockedCall } from "./mocked-call.js";
export type {
  MockedArchive,
  MockedArguments,
  MockedBody,
  MockedName,
  MockedOutput,
  MockedStatus,
} from "./mocked-operations.js";
export { type FailedCall, failure, success } from "./settled-calls.js";
