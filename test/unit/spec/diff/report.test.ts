import type { Change } from "../../../../scripts/spec/diff/change.js";
import { writeReport } from "../../../../scripts/spec/diff/report.js";

const changes: Change[] = [
  {
    rule: "response-field-limits-changed",
    level: "patch",
    subject: "field",
    action: "changed",
    place: "Box.At",
    detail: "a | b",
  },
  {
    rule: "parameter-added",
    level: "minor",
    subject: "parameter",
    action: "added",
    place: "BoxList(size)",
    detail: "query, optional",
  },
  { rule: "type-removed", level: "major", subject: "type", action: "removed", place: "Lid", detail: "" },
  { rule: "type-removed", level: "major", subject: "type", action: "removed", place: "Crate", detail: "" },
];
const report = { from: "1.47", to: "1.48", changes };

test("as text, the verdict comes first and the gravest changes next", () => {
  expect(writeReport(report, "text")).toBe(`API 1.47 to 1.48: 2 breaking, 1 new, 1 neither. Semver: major.

Breaking
  type removed: Crate [type-removed]
  type removed: Lid [type-removed]

New
  parameter added: BoxList(size): query, optional [parameter-added]

Neither
  field changed: Box.At: a | b [response-field-limits-changed]`);
});

test("as Markdown, it is the body of a pull request", () => {
  expect(writeReport({ ...report, changes: changes.slice(0, 2) }, "markdown")).toBe(`# API 1.47 to 1.48

API 1.47 to 1.48: 0 breaking, 1 new, 1 neither. Semver: minor.

## New

| what | where | | rule |
| --- | --- | --- | --- |
| parameter added | \`BoxList(size)\` | query, optional | parameter-added |

## Neither

| what | where | | rule |
| --- | --- | --- | --- |
| field changed | \`Box.At\` | a \\| b | response-field-limits-changed |`);
});

test("as JSON, it is data", () => {
  const {
    semver,
    changes: listed,
    ...rest
  } = JSON.parse(writeReport(report, "json")) as Record<string, unknown>;
  expect(rest).toEqual({ from: "1.47", to: "1.48" });
  expect(semver).toBe("major");
  expect(listed).toEqual([changes[3], changes[2], changes[1], changes[0]]);
});

test("an empty report says so", () => {
  expect(writeReport({ ...report, changes: [] }, "text")).toBe(
    "API 1.47 and 1.48 do not differ for users of the SDK. Semver: none.",
  );
  expect(JSON.parse(writeReport({ ...report, changes: [] }, "json"))).toMatchObject({ semver: "none" });
});

test("for GitHub, each change is an annotation: a warning for what breaks, a notice for the rest", () => {
  const [limits, parameter, lid] = changes as [Change, Change, Change, Change];
  const odd = { ...limits, detail: "100 %\nnow" };
  expect(writeReport({ ...report, changes: [odd, parameter, lid] }, "github")).toBe(
    [
      "::warning title=type-removed::API 1.47 to 1.48: type removed: Lid",
      "::notice title=parameter-added::API 1.47 to 1.48: parameter added: BoxList(size): query, optional",
      "::notice title=response-field-limits-changed::API 1.47 to 1.48: field changed: Box.At: 100 %25%0Anow",
    ].join("\n"),
  );
});
