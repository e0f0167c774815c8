import { type Change, type Level, levels, worst } from "./change.js";

export const formats = ["text", "markdown", "json"] as const;
export type Format = (typeof formats)[number];

/** What was compared, and the differences. */
export interface Report {
  readonly from: string;
  readonly to: string;
  readonly changes: readonly Change[];
}

const TITLES: Readonly<Record<Level, string>> = {
  major: "Breaking",
  minor: "New",
  patch: "Neither",
};

/** Formats a report; every format has the same facts in the same order, most severe first. */
export function writeReport(report: Report, format: Format): string {
  switch (format) {
    case "json":
      return JSON.stringify(
        { ...report, semver: worst(report.changes), changes: sorted(report.changes) },
        null,
        2,
      );
    case "markdown":
      return markdown(report);
    case "text":
      return plain(report);
  }
}

/** The verdict in one line. */
function verdict({ from, to, changes }: Report): string {
  if (changes.length === 0) return `API ${from} and ${to} do not differ for users of the SDK. Semver: none.`;
  const counts = levels
    .toReversed()
    .map((level) => `${ofLevel(changes, level).length} ${TITLES[level].toLowerCase()}`)
    .join(", ");
  return `API ${from} to ${to}: ${counts}. Semver: ${worst(changes)}.`;
}

const ofLevel = (changes: readonly Change[], level: Level): Change[] =>
  sorted(changes.filter((change) => change.level === level));

function sorted(changes: readonly Change[]): Change[] {
  const rank = ({ level }: Change): number => -levels.indexOf(level);
  return changes.toSorted(
    (a, b) => rank(a) - rank(b) || compare(a.place, b.place) || compare(a.detail, b.detail),
  );
}

const compare = (a: string, b: string): number => Number(a > b) - Number(a < b);

function plain(report: Report): string {
  const blocks = sections(report).map(
    ([title, changes]) =>
      `${title}\n${changes.map((change) => `  ${change.subject} ${change.action}: ${change.place}${detail(change)}`).join("\n")}`,
  );
  return [verdict(report), ...blocks].join("\n\n");
}

function markdown(report: Report): string {
  const blocks = sections(report).map(
    ([title, changes]) =>
      `## ${title}\n\n| what | where | |\n| --- | --- | --- |\n${changes
        .map(
          (one) =>
            `| ${one.subject} ${one.action} | \`${one.place}\` | ${one.detail.replaceAll("|", "\\|")} |`,
        )
        .join("\n")}`,
  );
  return [`# API ${report.from} to ${report.to}`, verdict(report), ...blocks].join("\n\n");
}

const sections = ({ changes }: Report): [string, Change[]][] =>
  levels
    .toReversed()
    .map((level): [string, Change[]] => [TITLES[level], ofLevel(changes, level)])
    .filter(([, some]) => some.length > 0);

const detail = ({ detail }: Change): string => (detail ? `: ${detail}` : "");
