import type { Exchange } from "./exchange.js";
import { type Goal, Report } from "./report.js";

const goal: Goal = {
  operations: ["One", "Two", "Three"],
  least: 2,
  unreached: { Three: "it cannot be" },
  engines: ["containerd", "overlay2"],
};

const exchange = (given: Partial<Exchange>): Exchange => ({
  engine: "containerd",
  operation: "One",
  status: 200,
  whole: true,
  test: "a test",
  ...given,
});

function reportOf(...exchanges: Partial<Exchange>[]): Report {
  const report = new Report();
  for (const given of exchanges) report.add(exchange(given), []);
  return report;
}

const everywhere = (...operations: string[]): Partial<Exchange>[] =>
  goal.engines.flatMap((engine) => operations.map((operation) => ({ engine, operation })));

test("passes if each Engine reached enough and the rest has reasons", () => {
  expect(reportOf(...everywhere("One", "Two")).shortfalls(goal)).toEqual([]);
});

test("too few on one Engine are not made up for by another", () => {
  const report = reportOf(...everywhere("One"), { operation: "Two" });
  expect(report.shortfalls(goal)).toEqual(["only 1 operations succeeded on overlay2; 2 have to"]);
});

test("an operation counts once it succeeded", () => {
  const report = reportOf(...everywhere("One"), { operation: "Two", status: 404 });
  expect(report.shortfalls({ ...goal, least: 1 })).toEqual(["Two was not reached, and no reason is given"]);
});

test("a reason for what was reached, or for what does not exist, is out of date", () => {
  const report = reportOf(...everywhere("One", "Two", "Three"));
  expect(report.shortfalls({ ...goal, unreached: { Three: "it cannot be", Four: "nor can this" } })).toEqual([
    "Three was reached: the reason why it is not is out of date",
    "Four is not an operation, but has a reason for not being reached",
  ]);
});

test("one problem is reported once, with its count, place and an example", () => {
  const report = new Report();
  const findings = [{ problem: "One 200: Id must be string", example: "1" }];
  for (const engine of goal.engines) report.add(exchange({ engine }), findings);
  expect(report.mismatches).toEqual([
    "One 200: Id must be string (2 times, containerd, overlay2)\n    such as: 1\n    in the test: a test",
  ]);
});

test("the summary says what was reached where, and why the rest was not", () => {
  const report = reportOf(...everywhere("One"), { operation: "Two" }, { engine: "elsewhere" });
  expect(report.summary(goal, { all: true }).split("\n").slice(1)).toEqual([
    "  containerd: 2 exchanges validated, 2 of 3 operations exercised",
    "  overlay2: 1 exchanges validated, 1 of 3 operations exercised",
    "  elsewhere: 1 exchanges validated, 1 of 3 operations exercised",
    "  mismatches: 0",
    "  not on overlay2: Two",
    "  not reached:",
    "    Three: it cannot be",
  ]);
  expect(report.summary(goal, { all: false })).not.toContain("not reached");
});
