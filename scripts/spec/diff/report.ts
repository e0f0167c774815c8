import { type Change, type Level, levels, worst } from "./change.js";

export const formats = ["text", "markdown", "json", "github"] as const;
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
    case "github":
      return annotations(report);
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

export function sorted(changes: readonly Change[]): Change[] {
  const rank = ({ level }: Change): number => -levels.indexOf(level);
  return changes.toSorted(
    (a, b) => rank(a) - rank(b) || compare(a.place, b.place) || compare(a.detail, b.detail),
  );
}

const compare = (a: string, b: string): number => Number(a > b) - Number(a < b);

function plain(report: Report): string {
  const blocks = sections(report).map(
    ([title, changes]) =>
      `${title}\n${changes.map((change) => `  ${change.subject} ${change.action}: ${change.place}${detail(change)} [${change.rule}]`).join("\n")}`,
  );
  return [verdict(report), ...blocks].join("\n\n");
}

function markdown(report: Report): string {
  const blocks = sections(report).map(
    ([title, changes]) =>
      `## ${title}\n\n| what | where | | rule |\n| --- | --- | --- | --- |\n${changes
        .map(
          (one) =>
            `| ${one.subject} ${one.action} | \`${one.place}\` | ${one.detail.replaceAll("|", "\\|")} | ${one.rule} |`,
        )
        .join("\n")}`,
  );
  return [`# API ${report.from} to ${report.to}`, verdict(report), ...blocks].join("\n\n");
}

/** Workflow commands, which GitHub shows beside a run: a warning for what breaks, a notice for the rest. */
function annotations({ from, to, changes }: Report): string {
  return sorted(changes)
    .map((change) => {
      const command = change.level === "major" ? "warning" : "notice";
      const message = `API ${from} to ${to}: ${change.subject} ${change.action}: ${change.place}${detail(change)}`;
      return `::${command} title=${property(change.rule)}::${escaped(message)}`;
    })
    .join("\n");
}

const escaped = (text: string): string =>
  text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");

const property = (text: string): string => escaped(text).replaceAll(":", "%3A").replaceAll(",", "%2C");

const sections = ({ changes }: Report): [string, Change[]][] =>
  levels
    .toReversed()
    .map((level): [string, Change[]] => [TITLES[level], ofLevel(changes, level)])
    .filter(([, some]) => some.length > 0);

const detail = ({ detail }: Change): string => (detail ? `: ${detail}` : "");
