import type { EventMessage } from "#generated/schema.js";
import { EventHistory } from "../../../../src/workflows/events/history.js";

const SECOND = 1_000_000_000n;
const NOW = 1_795_469_423n * SECOND;
const event = (timeNano: bigint, Action = "start"): EventMessage =>
  ({ Type: "container", Action, Actor: { ID: "c" }, timeNano }) as EventMessage;

/** How many events are remembered: those that are not new when the Engine sends all of them again. */
function remembered(history: EventHistory, events: readonly EventMessage[]): number {
  history.begin(NOW);
  return events.filter((sent) => !history.isNew(sent)).length;
}

test("the last events are remembered, and no more than that", () => {
  const history = new EventHistory(undefined);
  const events = Array.from({ length: 10_000 }, (_, index) => event(NOW + BigInt(index) * SECOND));
  for (const sent of events) expect(history.isNew(sent)).toBe(true);
  expect(remembered(history, events)).toBe(256);
});

test("no more are remembered when the Engine's clock was set back, and events go on from there", () => {
  const history = new EventHistory(undefined);
  history.isNew(event(NOW));
  const back = NOW - 3600n * SECOND;
  const events = Array.from({ length: 10_000 }, (_, index) => event(back + BigInt(index) * (SECOND / 10n)));
  for (const sent of events) history.isNew(sent);
  expect(history.since).toBe(`${(back + 999n * SECOND) / SECOND}.900000000`);
  expect(remembered(history, events)).toBe(256);
});

test("what the Engine kept from before its clock was set back is not given again", () => {
  const history = new EventHistory(undefined);
  const events = [event(NOW), event(NOW + SECOND), event(NOW - 3600n * SECOND)];
  for (const sent of events) history.isNew(sent);
  expect(remembered(history, events)).toBe(3);
});

test("all of a busy second is remembered", () => {
  const history = new EventHistory(undefined);
  const events = Array.from({ length: 1000 }, (_, index) => event(NOW + BigInt(index)));
  for (const sent of events) history.isNew(sent);
  expect(remembered(history, events)).toBe(1000);
});

test("events that come out of order leave the place to go on from as it is", () => {
  const history = new EventHistory(undefined);
  history.isNew(event(NOW, "b"));
  history.isNew(event(NOW - 1000n, "a"));
  expect(history.since).toBe(`${NOW / SECOND}.000000000`);
});
