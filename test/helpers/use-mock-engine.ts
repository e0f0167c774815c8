import { Docker } from "../../src/index.js";
import { type MockEngine, mockEngine } from "../../src/testing/index.js";

/** Hands out a mocked Engine and a client of it before each test, and closes both after it. */
export function useMockEngine(take: (made: { engine: MockEngine; docker: Docker }) => void): void {
  let engine: MockEngine;
  let docker: Docker;
  beforeEach(() => {
    engine = mockEngine();
    docker = new Docker(engine.options);
    take({ engine, docker });
  });
  afterEach(async () => {
    await docker.close();
    engine.close();
  });
}
