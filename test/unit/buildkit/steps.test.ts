import { readFileSync } from "node:fs";
import { join } from "node:path";
import { StatusResponse, type Vertex } from "../../../generated/buildkit/trace.js";
import type { BuildEvent } from "../../../src/buildkit/index.js";
import { Steps } from "../../../src/buildkit/steps.js";

/** What an Engine traced, and its last words. */
interface Recorded {
  readonly error: string;
  readonly records: readonly string[];
}

/** The events of what an Engine traced. */
function replay(name: string): { steps: Steps; events: BuildEvent[]; error: string } {
  const file = join(__dirname, "traces", `${name}.json`);
  const { error, records } = JSON.parse(readFileSync(file, "utf8")) as Recorded;
  const steps = new Steps();
  const events = records.flatMap((record) => [
    ...steps.read(StatusResponse.decode(Buffer.from(record, "base64"))),
  ]);
  return { steps, events, error };
}

const ofType = <T extends BuildEvent["type"]>(events: BuildEvent[], type: T) =>
  events.filter((event): event is Extract<BuildEvent, { type: T }> => event.type === type);

/** The last state of each step, by name. */
const outcome = (events: BuildEvent[]) =>
  Object.fromEntries(ofType(events, "step").map(({ step }) => [step.name.replace(/\].*/, "]"), step.state]));

const vertex = (fields: Partial<Vertex>): Vertex => ({
  digest: "sha256:1",
  inputs: [],
  name: "[1/1] RUN x",
  cached: false,
  error: "",
  ...fields,
});
const status = (fields: Partial<StatusResponse>): StatusResponse => ({
  vertexes: [],
  statuses: [],
  logs: [],
  warnings: [],
  ...fields,
});
const time = { seconds: 1_700_000_000n, nanos: 5_000_000 };
const log = (words: string | Uint8Array, stream = 1n, step = "sha256:1") =>
  status({ logs: [{ vertex: step, stream, msg: Buffer.from(words) }] });

test.each(["failure", "failure-20.10"])(
  "%s: the step that failed is to blame, not one that was cancelled",
  (name) => {
    const { steps, events, error } = replay(name);
    const states = outcome(events);
    expect([states["[bad 2/2]"], states["[slow 2/2]"]]).toEqual(["failed", "failed"]);
    expect(steps.failure(error)).toEqual({
      step: expect.stringMatching(/^\[bad 2\/2\] RUN sleep 1; /),
      exitCode: 7,
      output: "half €\ngone\n",
    });
  },
);

test("a character that the Engine cut in two comes whole with the later event", () => {
  const { events } = replay("failure");
  const logs = ofType(events, "log").filter(({ stream }) => stream === "stdout");
  expect(logs.map(({ text }) => text).join("")).toBe("half €\n");
  expect(logs.map(({ text }) => text)).toContain("half ");
  expect(Buffer.concat(logs.map(({ data }) => data)).toString()).toBe("half €\n");
});

test("steps are numbered as they are first named, and refer to those they build on", () => {
  const steps = ofType(replay("failure").events, "step").map(({ step }) => step);
  const numbers = new Map(steps.map(({ id, number }) => [id, number]));
  expect([...numbers.values()]).toEqual([...numbers.keys()].map((_, index) => index + 1));
  for (const { id, number } of steps) expect(numbers.get(id)).toBe(number);
  const copy = steps.find(({ name }) => name.includes("COPY --from=slow"));
  expect(copy?.inputs.every((id) => numbers.has(id))).toBe(true);
});

test("a build from the cache says so", () => {
  const { events, steps } = replay("cached");
  expect(outcome(events)["[2/2]"]).toBe("cached");
  expect(steps.failure("no step said this")).toEqual({});
});

test("a warning has its place in the Dockerfile, and is kept", () => {
  const { events, steps } = replay("warning");
  expect(steps.warnings).toEqual(ofType(events, "warning").map(({ warning }) => warning));
  expect(steps.warnings).toHaveLength(2);
  expect(steps.warnings).toContainEqual({
    text: expect.stringMatching(/^LegacyKeyValueFormat: .* \(line 2\)$/),
    details: [expect.any(String)],
    url: "https://docs.docker.com/go/dockerfile/rule/legacy-key-value-format/",
    level: 1,
    file: "Dockerfile",
    lines: [[2, 2]],
  });
});

test("a step that runs several times is as it was last", () => {
  const steps = new Steps();
  const states = [
    vertex({}),
    vertex({ started: time }),
    vertex({ started: time, completed: time }),
    vertex({ started: time, completed: time }),
    vertex({ started: time }),
    vertex({ started: time, completed: time, cached: true }),
  ].flatMap((one) =>
    ofType([...steps.read(status({ vertexes: [one] }))], "step").map(({ step }) => step.state),
  );
  expect(states).toEqual(["waiting", "running", "done", "running", "cached"]);
});

test("an event has the step as it was", () => {
  const steps = new Steps();
  const [running] = [...steps.read(status({ vertexes: [vertex({ started: time })] }))];
  void [...steps.read(status({ vertexes: [vertex({ started: time, completed: time, error: "no" })] }))];
  expect(running).toEqual({
    type: "step",
    step: {
      id: "sha256:1",
      number: 1,
      name: "[1/1] RUN x",
      state: "running",
      started: new Date(1_700_000_000_005),
      inputs: [],
    },
  });
});

test("numbers are as wide as they have to be, and one ID may be of two steps", () => {
  const steps = new Steps();
  const one = (step: string, current: bigint) => ({
    ID: "a",
    vertex: step,
    name: "",
    current,
    total: 2n ** 60n,
  });
  const events = ofType(
    [
      ...steps.read(
        status({ statuses: [one("1", 5n), one("2", 2n ** 53n), { ...one("1", 6n), completed: time }] }),
      ),
    ],
    "status",
  );
  expect(events.map(({ step, id, current, total, done }) => [step.id, id, current, total, done])).toEqual([
    ["1", "a", 5, 2n ** 60n, false],
    ["2", "a", 2n ** 53n, 2n ** 60n, false],
    ["1", "a", 6, 2n ** 60n, true],
  ]);
});

test("output may come before its step is named", () => {
  const steps = new Steps();
  const [event] = [...steps.read(log("early", 2n))];
  expect(event).toMatchObject({
    type: "log",
    stream: "stderr",
    text: "early",
    step: { id: "sha256:1", number: 1 },
  });
  void [...steps.read(status({ vertexes: [vertex({ error: "it broke", started: time })] }))];
  expect(steps.failure("failed to solve: it broke")).toEqual({
    step: "[1/1] RUN x",
    exitCode: undefined,
    output: "early",
  });
});

test("the last 64 KiB of a step's output are kept, whichever step writes between", () => {
  const steps = new Steps();
  for (let line = 0; line < 40_000; line += 1) {
    void [...steps.read(log(`${String(line).padStart(9, "0")}\n`))];
    void [...steps.read(log("other\n", 1n, "sha256:2"))];
  }
  void [...steps.read(status({ vertexes: [vertex({ error: "exit code: 1" })] }))];
  const { output = "", exitCode } = steps.failure("exit code: 1");
  expect(exitCode).toBe(1);
  expect(output).toHaveLength(64 * 1024);
  expect(output.endsWith("000039998\n000039999\n")).toBe(true);
});
