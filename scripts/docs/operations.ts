import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type OpenApi, operationsOf, type PlacedOperation } from "../spec/openapi.js";
import { parseYaml } from "../spec/parse-yaml.js";
import { generatedFolder, workspace } from "../spec/workspace.js";
import { anchorOf, type Page } from "./guides.js";

const MAP = "scripts/docs/equivalents.yaml";

/** What does the same elsewhere. */
export interface Equivalent {
  readonly dockerode?: string;
  readonly cli?: string;
}

/** equivalents.yaml. */
export interface Equivalents {
  readonly operations: Readonly<Record<string, Equivalent>>;
  readonly workflows: Readonly<Record<string, Equivalent>>;
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

/** The table of all operations with their equivalents: a page of the site. */
export function operationsPage(description: OpenApi, equivalents: Equivalents): Page {
  const operations = documentedOperations(description);
  const missing = operations.filter(({ id }) => !equivalents.operations[id]).map(({ id }) => id);
  if (missing.length > 0) throw new Error(`${MAP} lacks ${missing.join(", ")}.`);
  const sections = bySubject(operations).map(
    ([subject, some]) =>
      `## ${subject}\n\n${table(
        "HTTP",
        some.map((one) => row(one, equivalents)),
      )}`,
  );
  const workflows = Object.entries(equivalents.workflows).map(
    ([name, { dockerode, cli }]) => `| ${methodLink(name)} | ${code(dockerode)} | ${code(cli)} |`,
  );
  return {
    path: "operations.md",
    title: "Operations",
    group: "Reference",
    summary: `all ${operations.length} operations with their HTTP requests, and what does the same in dockerode and the docker CLI`,
    text: `# Operations

All ${operations.length} operations of API v${description.info.version}, by subject. Each is a method of {@link "docker-engine-sdk".Docker | Docker}, and links to what it takes,
returns and throws; its request links to the HTTP reference. \`container.start\` of dockerode stands for
\`docker.getContainer(id).start\`. [Coming from dockerode](docs/from-dockerode.md) has programs side by side.

## Workflows

Several calls in one. [Workflows](docs/workflows.md) shows each with an example.

| Method | dockerode | docker CLI |
| --- | --- | --- |
${workflows.join("\n")}

${sections.join("\n\n")}
`,
  };
}

const table = (second: string, rows: readonly string[]): string =>
  `| Method | ${second} | dockerode | docker CLI |\n| --- | --- | --- | --- |\n${rows.join("\n")}`;

function row(operation: DocumentedOperation, { operations }: Equivalents): string {
  const { id, name, request } = operation;
  const { dockerode, cli } = operations[id] ?? {};
  const http = `[\`${request}\`](${referencePath(operation)})`;
  return `| ${methodLink(name)} | ${http} | ${code(dockerode)} | ${code(cli)} |`;
}

/** Where the HTTP reference has an operation. */
export const referencePath = ({ subject, request }: DocumentedOperation): string =>
  `http/${subject.toLowerCase()}.md#${anchorOf(request)}`;

/** A link to a method of `Docker`, as TypeDoc resolves it. */
export const methodLink = (name: string): string =>
  `{@link "docker-engine-sdk".Docker.${name} | \`${name}\`}`;

const code = (text: string | undefined): string => (text ? `\`${text}\`` : "–");
