import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type OpenApi, operationsOf, type PlacedOperation } from "../spec/openapi.js";
import { parseYaml } from "../spec/parse-yaml.js";
import { generatedFolder, workspace } from "../spec/workspace.js";
import { anchorOf } from "./guides.js";

const MAP = "scripts/docs/equivalents.yaml";

/** What does the same elsewhere. */
export interface Equivalent {
  readonly dockerode?: string;
  readonly cli?: string;
}

/** What the package has besides the operations: what it is for, and the page in docs/ that shows it. */
export interface Extra {
  readonly summary: string;
  readonly guide: string;
}

/** A method of `Docker` that is not an operation. */
export interface Workflow extends Extra {
  readonly dockerode?: readonly string[];
  readonly cli?: string;
}

/** equivalents.yaml. */
export interface Equivalents {
  readonly operations: Readonly<Record<string, Equivalent>>;
  readonly workflows: Readonly<Record<string, Workflow>>;
  readonly functions: Readonly<Record<string, Extra>>;
  readonly testing: Readonly<Record<string, Extra>>;
}

/** An operation of the API and the method that performs it. */
export interface DocumentedOperation extends PlacedOperation {
  readonly id: string;
  /** The method of `Docker`. */
  readonly name: string;
  /** Method and path, such as "GET /containers/json". */
  readonly request: string;
  readonly subject: string;
  readonly summary: string;
}

/** The corrected description of the API version that the entry `.` has. */
export async function readDescription(): Promise<OpenApi> {
  return JSON.parse(await readFile(join(generatedFolder(workspace), "openapi.json"), "utf8")) as OpenApi;
}

export async function readEquivalents(): Promise<Equivalents> {
  return parseYaml(await readFile(join(workspace.root, MAP), "utf8"), MAP) as Equivalents;
}

export function documentedOperations(description: OpenApi): DocumentedOperation[] {
  return operationsOf(description).map((placed) => {
    const { operationId: id = "", tags = [], summary = "" } = placed.operation;
    return {
      ...placed,
      id,
      name: id.charAt(0).toLowerCase() + id.slice(1),
      request: `${placed.method.toUpperCase()} ${placed.path}`,
      subject: tags[0] ?? "",
      summary,
    };
  });
}

/** A list by subject, with the subjects in alphabetical order. */
export function bySubject<Item extends { readonly subject: string }>(
  items: readonly Item[],
): [string, Item[]][] {
  const subjects = [...new Set(items.map(({ subject }) => subject))].sort();
  return subjects.map((subject) => [subject, items.filter((item) => item.subject === subject)]);
}

/** How a page shows what other pages are about. */
export interface Shown {
  method(name: string): string;
  request(operation: DocumentedOperation): string;
}

/** In the repository there are no pages to link to. */
const unlinked: Shown = { method: (name) => code(name), request: ({ request }) => code(request) };

/** In the site methods are links that TypeDoc resolves, and requests lead to the HTTP reference. */
export const linked: Shown = {
  method: (name) => `{@link "docker-engine-sdk".Docker.${name} | \`${name}\`}`,
  request: (operation) => `[${code(operation.request)}](${referencePath(operation)})`,
};

/** Where the HTTP reference has an operation, from docs/. */
const referencePath = ({ subject, request }: DocumentedOperation): string =>
  `../http/${subject.toLowerCase()}.md#${anchorOf(request)}`;

/** The table of all operations with their equivalents: docs/operations.md, and the page of the site. */
export function operationsPage(description: OpenApi, equivalents: Equivalents, shown = unlinked): string {
  const operations = documentedOperations(description);
  const missing = operations.filter(({ id }) => !equivalents.operations[id]).map(({ id }) => id);
  if (missing.length > 0) throw new Error(`${MAP} lacks ${missing.join(", ")}.`);
  const workflows = Object.entries(equivalents.workflows).map(([name, workflow]) =>
    row([shown.method(name), `${workflow.summary} [Guide](${workflow.guide})`], workflow),
  );
  const sections = bySubject(operations).map(([subject, some]) => {
    const rows = some.map((operation) =>
      row([shown.method(operation.name), shown.request(operation)], equivalents.operations[operation.id]),
    );
    return `## ${subject}\n\n${table(["Method", "HTTP"], rows)}`;
  });
  return `<!-- Written by \`npm run docs\`. Do not edit: change ${MAP} instead. -->

# Operations

Each of the ${operations.length} operations of API v${description.info.version} is a method of \`Docker\`. \`container.start\` of dockerode stands for
\`docker.getContainer(id).start\`; [Coming from dockerode](from-dockerode.md) has programs side by side.

## Workflows

Several calls in one, and the other methods of \`Docker\`; [Workflows](workflows.md) has examples. \`modem.dial\` stands for
\`docker.modem.dial\`.

${table(["Method", "What it does"], workflows)}

${sections.join("\n\n")}
`;
}

function table(first: readonly string[], rows: readonly string[]): string {
  const head = [...first, "dockerode", "docker CLI"];
  return [`| ${head.join(" | ")} |`, `|${" --- |".repeat(head.length)}`, ...rows].join("\n");
}

const row = (first: readonly string[], { dockerode, cli }: Equivalent | Workflow = {}): string =>
  `| ${[...first, [dockerode ?? []].flat().map(code).join(", ") || "–", cli ? code(cli) : "–"].join(" | ")} |`;

const code = (text: string): string => `\`${text}\``;
