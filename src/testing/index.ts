/** docker-engine-sdk/testing: what helps to test code that uses the SDK. */
export { type FakeEngine, type FakeEngineOptions, type FakeImage, startFakeEngine } from "./fake-engine.js";
export {
  type MockEngine,
  type MockedAnswerOptions,
  type MockedCall,
  type MockedReply,
  mockEngine,
} from "./mock-engine.js";
export type { MockedArguments, MockedBody, MockedName, MockedStatus } from "./mocked-operations.js";
