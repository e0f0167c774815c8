import type { OpenApi } from "../spec/openapi.js";
import type { Page } from "./guides.js";
import { documentedOperations } from "./operations.js";

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
  base: string,
): string {
  const operations = documentedOperations(api).map(
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
    ["Operations", operations] as const,
    ...groups.filter(([title]) => title === "Optional"),
  ];
  return [
    `# ${name}`,
    `> ${description}`,
    NOTES,
    ...sections.map(([title, lines]) => `## ${title}\n\n${lines.join("\n")}`),
    "",
  ]
    .join("\n\n")
    .replace(/\n+$/, "\n");
}

const NOTES = `Install it with \`npm install docker-engine-sdk\`; it is ESM and CommonJS, for Node 20.19 or later, Bun and Deno. What every program
needs to know:

- \`new Docker()\` finds the Engine as the docker CLI does, and does no I/O; \`await docker.close()\` at the end.
- Each operation is a method: path parameters first, then a required body, one object with all other parameters, and last the request
  settings \`{ signal, timeout, idleTimeout, headers }\`.
- Awaiting a call gives its data or throws a \`DockerError\` with a stable \`code\`; \`.result()\` returns \`{ ok, data | error }\` instead.
- A call that streams can be iterated: \`for await (const event of docker.systemEvents())\`.
- Prefer the workflows (\`run\`, \`exec\`, \`pull\`, \`build\`, \`copyIn\`, \`copyOut\` …) to the operations they combine.
- Names of options are exactly those of the API; an unknown one is an \`ArgumentError\`.`;

/** llms-full.txt: the guides and the operations in one file. Schemas are in openapi.json, and in the package's types. */
export function llmsFullText(
  about: About,
  guides: readonly Page[],
  api: OpenApi,
  reference: readonly Page[],
): string {
  const pages = guides.filter(({ group }) => group !== "Project").map(({ path, text }) => ({ path, text }));
  const operations = reference.map(({ path, text }) => ({
    path,
    text: (text.split("\n## Schemas\n")[0] ?? "").replaceAll(/\{@link [^|}]*\| ([^}]*)\}/g, "$1"),
  }));
  const texts = [...pages, ...operations].map(({ path, text }) => `<!-- ${path} -->\n\n${text.trim()}`);
  return `${[llmsText(about, [], api, "").trim(), ...texts].join("\n\n")}\n`;
}
