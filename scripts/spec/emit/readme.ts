import type { Base } from "./base.js";

/** What is left to settle by hand before a version may be published. */
export interface OpenPoints {
  readonly problems: readonly string[];
  readonly undocumented: readonly string[];
}

const FILES = `- \`openapi.json\`: the corrected description, OpenAPI 3.1.
- \`schema.ts\`: the type of every schema.
- \`options.ts\`: the options of every operation.
- \`operations.ts\`: the operations as data.
- \`operation-types.ts\`: the types of their parameters, bodies and answers, for the mock kit.
- \`client.ts\`: one method per operation, and the \`Caller\` interface they go through.
`;

const GENERATED = `\`npm run spec -- generate\` writes everything in this folder from the Docker Engine API description and our overlays.
Never edit a file here: the next run overwrites it, and \`npm run spec -- check\` fails until it does.
Wrong fact? Correct it in \`spec/overlays\`. Wrong shape? Change the emitter in \`scripts/spec/emit\`.
`;

/** The heading of a draft's README, by which the pipeline knows drafts. */
const DRAFT = "## Open points";

export const isDraftReadme = (text: string): boolean => text.includes(`\n${DRAFT}\n`);

/** Emits the README.md of a version's folder. */
export function emitReadme(api: string, base?: Base, open?: OpenPoints): string {
  const title = base ? `API ${api}` : "Generated";
  const others = base
    ? `These files say what differs from [API ${base.api}](${base.path}), and pass on what is the same. ${tally(base)}\n`
    : "Other API versions that the package offers have the same files in a folder of their own, `generated/vX.YY/`.\n" +
      "The messages that BuildKit exchanges with its client are in `buildkit/`, from `spec/buildkit`.\n";
  return [`# ${title}\n`, GENERATED, FILES, others, ...(open ? [points(api, open)] : [])].join("\n");
}

const tally = ({ operations, schemas }: Base): string =>
  `Of its operations ${operations.own.length} are its own, of its types ${schemas.own.length}.`;

const points = (api: string, { problems, undocumented }: OpenPoints): string => `${DRAFT}

This is a draft: it compiles, but nobody has settled what follows, and the pipeline guessed instead. Once it is settled,
\`npm run spec -- generate --api ${api}\` makes it a version to publish.

Facts: ${problems.length}.

${list(problems, "None.")}

Words: \`spec/docs\` has none for ${undocumented.length} places.

${list(undocumented, "None.")}
`;

const list = (items: readonly string[], none: string): string =>
  items.length > 0 ? items.map((item) => `- ${item.replaceAll("\n", "\n  ")}`).join("\n") : none;
