import { changedRows, withTables } from "../engine/survey/page.js";
import type { Outcome, Survey } from "../engine/survey/survey.js";

const conformance = { answered: 3, asDescribed: 2, problems: ["a", "b", "c"], untrue: 1 };
const survey = (engine: string, outcomes: Record<string, Outcome>): Survey => ({
  engine,
  outcomes: new Map(Object.entries(outcomes)),
  conformance,
  exchanges: [],
});
const works = { is: "works" } as const;
const missing = { is: "not there" } as const;
const untried = { is: "not tried" } as const;

const rows = { workflows: ["run"], operations: ["One", "Two", "Three"] };
const surveys = [
  survey("28.5", { run: works, One: works, Two: untried, Three: untried }),
  survey("Podman 5.8", { run: works, One: { is: "differs", how: ["a | b"] }, Two: missing, Three: untried }),
  survey("Podman 4.3", { run: works, One: { is: "differs", how: ["a | b"] }, Two: missing, Three: untried }),
];
const BEGIN = "<!-- Written by `npm run engines`: -->";
const page = `Before.\n\n${BEGIN}\nold\n<!-- until here. -->\n\nAfter.\n`;

test("a page has a row per operation, Engines that differ alike together, and what Podman lacks", () => {
  expect(withTables(page, surveys, rows)).toBe(
    [
      `Before.\n\n${BEGIN}\n`,
      "| Operation | 28.5 | Podman 5.8 | Podman 4.3 | How |",
      "| --- | --- | --- | --- | --- |",
      "| `run` | works | works | works |  |",
      "| `One` | works | differs | differs | Podman 5.8, Podman 4.3: a \\| b |",
      "\nNo Podman has these 1 operations: `Two`.\n",
      "Not tried: `Three`.\n",
      "| Engine | Operations that answered | All as described | Fields missing, null or of another type | Other differences |",
      "| --- | --- | --- | --- | --- |",
      "| 28.5 | 3 | 2 | 1 | 2 |",
      "| Podman 5.8 | 3 | 2 | 1 | 2 |",
      "| Podman 4.3 | 3 | 2 | 1 | 2 |",
      "\n<!-- until here. -->\n\nAfter.\n",
    ].join("\n"),
  );
});

test("a page is current until an outcome changes", () => {
  const current = withTables(page, surveys, rows);
  expect(changedRows(current, current)).toEqual([]);
  const failing = survey("28.5", {
    run: { is: "fails", how: ["fails: no"] },
    One: works,
    Two: untried,
    Three: untried,
  });
  expect(changedRows(current, withTables(current, [failing, ...surveys.slice(1)], rows))).toEqual([
    "| `run` | fails | works | works | 28.5: fails: no |",
  ]);
});

test("a page without a place for the tables is refused", () => {
  expect(() => withTables("nothing", surveys, rows)).toThrow('the page has no "<!-- Written by');
});
