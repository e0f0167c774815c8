import type { Outcome, Survey } from "./survey.js";

const BEGIN = "<!-- Written by `npm run engines`: -->";
const END = "<!-- until here. -->";

/** A page with its tables replaced. @throws {Error} it has no place for them */
export function withTables(page: string, surveys: readonly Survey[], rows: Rows): string {
  const [before, rest] = page.split(BEGIN);
  const after = rest?.split(END)[1];
  if (before === undefined || after === undefined) throw new Error(`the page has no "${BEGIN}" and "${END}"`);
  return `${before}${BEGIN}\n\n${tables(surveys, rows)}\n\n${END}${after}`;
}

/** What a page says of operations and workflows and another does not. Counts of answers may differ by a few. */
export const changedRows = (page: string, current: string): readonly string[] => {
  const known = page.split("\n");
  return current
    .split("\n")
    .filter((line) => /^(\| `|No Podman|Not tried)/.test(line) && !known.includes(line));
};

/** The names of what was tried, in order. */
export interface Rows {
  readonly workflows: readonly string[];
  readonly operations: readonly string[];
}

function tables(surveys: readonly Survey[], { operations, workflows }: Rows): string {
  const podmen = surveys.filter(({ engine }) => engine.startsWith("Podman"));
  const nowhere = operations.filter((id) =>
    podmen.every(({ outcomes }) => outcomes.get(id)?.is === "not there"),
  );
  const untried = operations.filter((id) =>
    surveys.every(({ outcomes }) => outcomes.get(id)?.is === "not tried"),
  );
  const rows = operations.filter((id) => !nowhere.includes(id) && !untried.includes(id));
  return [
    `| Operation | ${surveys.map(({ engine }) => engine).join(" | ")} | How |`,
    `| --- |${" --- |".repeat(surveys.length + 1)}`,
    ...[...workflows, ...rows].map((name) => row(name, surveys)),
    "",
    `No Podman has these ${nowhere.length} operations: ${listed(nowhere)}.`,
    ...(untried.length > 0 ? ["", `Not tried: ${listed(untried)}.`] : []),
    "",
    "| Engine | Operations that answered | All as described | Fields missing, null or of another type | Other differences |",
    "| --- | --- | --- | --- | --- |",
    ...surveys.map(
      ({ conformance: { answered, asDescribed, problems, untrue }, engine }) =>
        `| ${engine} | ${answered} | ${asDescribed} | ${untrue} | ${problems.length - untrue} |`,
    ),
  ].join("\n");
}

const listed = (names: readonly string[]): string => names.map((name) => `\`${name}\``).join(", ");

function row(name: string, surveys: readonly Survey[]): string {
  const cells = surveys.map(({ outcomes }) => outcomes.get(name)?.is ?? "not tried");
  return `| \`${name}\` | ${cells.join(" | ")} | ${howOf(name, surveys)} |`;
}

/** How Engines differ in a row, those that do so alike together. */
function howOf(name: string, surveys: readonly Survey[]): string {
  const engines = new Map<string, string[]>();
  for (const { engine, outcomes } of surveys) {
    for (const text of textsOf(outcomes.get(name))) engines.set(text, [...(engines.get(text) ?? []), engine]);
  }
  return [...engines]
    .map(([text, names]) => `${names.join(", ")}: ${text.replaceAll("|", "\\|")}`)
    .join("; ");
}

const textsOf = (outcome: Outcome | undefined): readonly string[] =>
  outcome?.is === "differs" || outcome?.is === "fails" ? outcome.how : [];
