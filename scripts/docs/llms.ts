import type { OpenApi } from "../spec/openapi.js";
import type { Page } from "./guides.js";
import {
  type DocumentedOperation,
  documentedOperations,
  type Equivalents,
  type Extra,
} from "./operations.js";

/** What llms.txt says besides its lists. */
export interface About {
  readonly name: string;
  readonly description: string;
}

/** llms.txt, as https://llmstxt.org has it: what there is to read, for assistants that write code, and where: under `base`. */
export function llmsText(
  { name, description }: About,
  guides: readonly Page[],
  api: OpenApi,
  equivalents: Equivalents,
  base: string,
): string {
  const linesOf = (extras: Readonly<Record<string, Extra>>): string[] =>
    Object.entries(extras).map(
      ([name, { guide, summary }]) => `- [${name}](${base}docs/${guide}): ${summary}`,
    );
  const documented = documentedOperations(api);
  const operations = documented.map(
    ({ name, request, subject, summary }) =>
      `- [${name}](${base}docs/operations.md#${subject.toLowerCase()}): \`${request}\`. ${summary}`,
  );
  const groups = [...new Set(guides.map(({ group }) => group))].map((group) => {
    const pages = guides.filter((page) => page.group === group);
    // By convention, what may be left out where there is little room.
    const title = group === "Project" ? "Optional" : group;
    return [
      title,
      pages.map(({ path, summary, title }) => `- [${title}](${base}${path}): ${summary}`),
    ] as const;
  });
  const sections = [
    ...groups.filter(([title]) => title !== "Optional"),
    ["Workflows", linesOf(equivalents.workflows)] as const,
    ["Functions", linesOf(equivalents.functions)] as const,
    ["Test kit: docker-engine-sdk/testing", linesOf(equivalents.testing)] as const,
    ["Operations", operations] as const,
    ...groups.filter(([title]) => title === "Optional"),
  ];
  return [
    `# ${name}`,
    `> ${description}`,
    notesFor(documented),
    ...sections.map(([title, lines]) => `## ${title}\n\n${lines.join("\n")}`),
    "",
  ]
    .join("\n\n")
    .replace(/\n+$/, "\n");
}

/** The operations that work without the body they may have. */
const withOptionalBody = (operations: readonly DocumentedOperation[]): string[] =>
  operations
    .filter(
      ({ operation: { requestBody } }) => requestBody && !("required" in requestBody && requestBody.required),
    )
    .map(({ name }) => name);

const notesFor = (
  operations: readonly DocumentedOperation[],
): string => `Install it with \`npm install docker-engine-sdk\`; it is ESM and CommonJS, for Node 20.19 or later, Bun and Deno. What every program
needs to know:

- \`new Docker()\` finds the Engine as the docker CLI does, and does no I/O; \`await docker.close()\` at the end.
- Each operation is a method: path parameters first, then a required body, one object with all other parameters, and last the request
  settings \`{ signal, timeout, idleTimeout, headers }\`. A body that may be omitted is the option \`body\`:
  ${withOptionalBody(operations)
    .map((name) => `\`${name}\``)
    .join(", ")}.
- Awaiting a call gives its data or throws a \`DockerError\` with a stable \`code\`; \`.result()\` returns \`{ ok, data | error }\` instead.
- A call that streams can be iterated: \`for await (const event of docker.systemEvents())\`. For the stream's own methods, await the call
  first: \`(await docker.containerLogs("web", { stdout: true })).lines()\`.
- Prefer the workflows (\`run\`, \`exec\`, \`pull\`, \`build\`, \`copyIn\`, \`copyOut\` …) to the operations they combine. They return plain
  promises, without \`.result()\`, and take \`signal\` and \`timeout\` among their options; \`events\`, to be iterated, has no \`timeout\`.
- Options of operations have exactly the API's names (\`ps_args\`, \`"one-shot"\`). Options of workflows are in camelCase, and close to the
  docker CLI's flags (\`tags\`, \`buildArgs\`, \`workingDir\`, \`tty\`, \`remove\`). An unknown option is an \`ArgumentError\`.
- An integer beyond 2^53 is a \`bigint\`, which \`JSON.stringify\` rejects without a replacer.`;

/** llms-full.txt: the guides and the operations in one file. Schemas are in openapi.json, and in the package's types. */
export function llmsFullText(
  about: About,
  guides: readonly Page[],
  api: OpenApi,
  equivalents: Equivalents,
  reference: readonly Page[],
): string {
  const pages = guides.filter(({ group }) => group !== "Project").map(({ path, text }) => ({ path, text }));
  const operations = reference.map(({ path, text }) => ({
    path,
    text: (text.split("\n## Schemas\n")[0] ?? "").replaceAll(/\{@link [^|}]*\| ([^}]*)\}/g, "$1"),
  }));
  const texts = [...pages, ...operations].map(({ path, text }) => `<!-- ${path} -->\n\n${text.trim()}`);
  return `${[llmsText(about, [], api, equivalents, "").trim(), ...texts].join("\n\n")}\n`;
}
