/** docker-engine-sdk/testing: what helps to test code that uses the SDK. */
export { type FakeEngine, type FakeEngineOptions, type FakeImage, startFakeEngine } from "./fake-engine.js";
