import { cp, mkdir, writeFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import {
  Application,
  Comment,
  CommentTag,
  type Context,
  Converter,
  type DeclarationReflection,
  DocumentReflection,
  KindRouter,
  type Reflection,
  ReflectionKind,
} from "typedoc";
import { stringify } from "yaml";
import { workspace } from "../spec/workspace.js";
import { linksInSite, type Page } from "./guides.js";
import { bySubject, type DocumentedOperation } from "./operations.js";

/** The modules that packages import, by entry. */
const ENTRIES: Readonly<Record<string, string>> = {
  "docker-engine-sdk": "src/index.ts",
  "docker-engine-sdk/testing": "src/testing/index.ts",
  "docker-engine-sdk/progress": "src/progress/index.ts",
};

/** Where the navigation has what a file declares: the first row that fits. */
const CATEGORIES: readonly [prefix: string, category: string][] = [
  ["src/docker.ts", "Client"],
  ["src/options.ts", "Client"],
  ["src/errors.ts", "Errors"],
  ["src/workflows/readiness/error", "Errors"],
  ["src/streams/", "Streams"],
  ["src/operation/", "Calls"],
  ["src/transport/", "Calls"],
  ["src/workflows/", "Workflows"],
  ["src/buildkit/", "Workflows"],
  ["generated/options.ts", "Options of operations"],
  ["generated/schema.ts", "Schemas of the API"],
];

/** What a site is made of. */
export interface Content {
  readonly pages: readonly Page[];
  readonly operations: readonly DocumentedOperation[];
  readonly repository: string;
}

/** Renders the pages and the API reference into a folder. `staging` holds the pages in between. */
export async function renderSite(content: Content, staging: string, output: string): Promise<void> {
  const [home = "", ...documents] = await stage(content, staging);
  const app = await Application.bootstrap({
    name: "docker-engine-sdk",
    tsconfig: "scripts/docs/tsconfig.json",
    entryPoints: Object.values(ENTRIES),
    ...{ readme: home, projectDocuments: documents },
    // Sources are linked in the repository, whatever this clone's remote is.
    ...{ disableGit: true, sourceLinkTemplate: `${content.repository}/blob/main/{path}#L{line}` },
    basePath: workspace.root,
    ...{ excludeInternal: true, excludePrivate: true, excludeProtected: true, excludeExternals: true },
    navigation: { includeCategories: true, includeGroups: false, includeFolders: false },
    ...{ categorizeByGroup: false, defaultCategory: "Other", categoryOrder: categoryOrder(content) },
    // The step "types" checks them.
    skipErrorChecking: true,
    sort: ["kind", "alphabetical-ignoring-documents"],
    sortEntryPoints: false,
    highlightLanguages: [
      "ts",
      "tsx",
      "js",
      "json",
      "sh",
      "bash",
      "yaml",
      "dockerfile",
      "diff",
      "text",
      "console",
    ],
    useFirstParagraphOfCommentAsSummary: true,
    navigationLinks: { Repository: content.repository },
    router: "pages",
    customCss: "scripts/docs/style.css",
    ...{ hideGenerator: true, githubPages: false, includeHierarchySummary: false },
    validation: { invalidLink: true, invalidPath: true, notExported: false, notDocumented: false },
    treatWarningsAsErrors: true,
    logLevel: "Warn",
  });
  app.renderer.defineRouter("pages", PageRouter);
  categorize(app, content);
  const project = await app.convert();
  if (!project) throw new Error("TypeDoc cannot read the sources.");
  app.validate(project);
  await app.generateDocs(project, output);
  if (app.logger.hasErrors() || app.logger.hasWarnings())
    throw new Error("The documentation has the problems above.");
}

/** Writes the pages with their links and pictures where TypeDoc reads them. */
async function stage({ pages, repository }: Content, staging: string): Promise<string[]> {
  const paths = new Set(pages.map(({ path }) => path));
  await cp(join(workspace.root, "docs"), join(staging, "docs"), { recursive: true });
  return Promise.all(
    pages.map(async (page) => {
      const path = join(staging, page.path);
      const head = stringify({
        title: page.title,
        category: page.group,
        summary: page.summary,
        path: page.path,
      });
      const text = linksInSite(page, paths, repository);
      await mkdir(dirname(path), { recursive: true });
      // The front page has the project's name as its title already.
      await writeFile(
        path,
        page.path === "README.md" ? text.replace(/^# .*\n/, "") : `---\n${head}---\n\n${text}`,
      );
      return path;
    }),
  );
}

/** Pages have the paths of their sources: docs/streams.md is docs/streams.html. */
class PageRouter extends KindRouter {
  protected override getIdealBaseName(target: Reflection): string {
    const path = target instanceof DocumentReflection ? target.frontmatter.path : undefined;
    return typeof path === "string" ? path.replace(/\.md$/, "") : super.getIdealBaseName(target);
  }
}

const categoryOrder = ({ pages, operations }: Content): string[] => [
  ...new Set(["Guides", "Reference", "API reference", ...pages.map(({ group }) => group)]),
  ...new Set(CATEGORIES.map(([, category]) => category)),
  ...bySubject(operations).map(([subject]) => subject),
  "*",
];

/** Names the entries as programs import them, and sorts what they export, and the client's methods, by subject. */
function categorize(app: Application, { operations }: Content): void {
  const subjects = new Map(operations.map(({ name, subject }) => [name, subject]));
  app.converter.on(Converter.EVENT_RESOLVE_BEGIN, (context: Context) => {
    for (const entry of context.project.children ?? []) {
      const path = entry.sources?.[0]?.fileName ?? "";
      const [name] = Object.entries(ENTRIES).find(([, source]) => source === path) ?? [];
      if (name) entry.name = name;
      addCategory(entry, "API reference");
      for (const declared of entry.children ?? []) categorizeExport(declared, subjects);
    }
  });
}

function categorizeExport(declared: DeclarationReflection, subjects: ReadonlyMap<string, string>): void {
  const file = relative(workspace.root, declared.sources?.[0]?.fullFileName ?? "");
  const [, category] = CATEGORIES.find(([prefix]) => file.startsWith(prefix)) ?? [];
  if (category) addCategory(declared, category);
  if (declared.name !== "Docker") return;
  for (const member of declared.children ?? []) {
    // The class that generated methods are inherited from is not exported.
    delete member.inheritedFrom;
    delete member.overwrites;
    for (const signature of member.signatures ?? []) {
      delete signature.inheritedFrom;
      delete signature.overwrites;
    }
    if (member.kindOf(ReflectionKind.Method))
      addCategory(member, subjects.get(member.name) ?? "Workflows and client");
  }
}

function addCategory(declared: DeclarationReflection, category: string): void {
  const documented = declared.signatures?.length ? declared.signatures : [declared];
  for (const one of documented) {
    one.comment ??= new Comment();
    one.comment.blockTags.push(new CommentTag("@category", [{ kind: "text", text: category }]));
  }
}
