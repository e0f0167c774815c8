import { cp, mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import {
  Application,
  Converter,
  DocumentReflection,
  JSX,
  KindRouter,
  type Reflection,
  type Router,
} from "typedoc";
import { stringify } from "yaml";
import { workspace } from "../spec/workspace.js";
import { linksInSite, type Page } from "./guides.js";
import { bySubject, type DocumentedOperation } from "./operations.js";
import { arrange, CATEGORIES, ENTRIES } from "./reflections.js";
import { writeSearchIndex } from "./search-index.js";

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
    displayBasePath: workspace.root,
    ...{ excludeInternal: true, excludePrivate: true, excludeProtected: true, excludeExternals: true },
    navigation: { includeCategories: true, includeGroups: false, includeFolders: false },
    ...{ categorizeByGroup: false, defaultCategory: "Other", categoryOrder: categoryOrder(content) },
    // The step "types" checks them.
    skipErrorChecking: true,
    sort: ["kind", "alphabetical-ignoring-documents"],
    sortEntryPoints: false,
    highlightLanguages: [
      ...["ts", "tsx", "js", "json"],
      ...["sh", "bash", "console"],
      ...["yaml", "dockerfile", "diff"],
    ],
    useFirstParagraphOfCommentAsSummary: true,
    preservedTypeAnnotationTags: ["@throws"],
    navigationLinks: { Repository: content.repository },
    router: "pages",
    ...{ customCss: "scripts/docs/style.css", favicon: "scripts/docs/favicon.svg" },
    ...{ hideGenerator: true, githubPages: false, includeHierarchySummary: false },
    validation: { invalidLink: true, invalidPath: true, notExported: false, notDocumented: false },
    treatWarningsAsErrors: true,
    logLevel: "Warn",
  });
  app.renderer.defineRouter("pages", PageRouter);
  app.renderer.hooks.on("body.begin", () => JSX.createElement(JSX.Raw, { html: OPEN_GUIDES }));
  app.renderer.postRenderAsyncJobs.push((event) =>
    writeSearchIndex(event, app.renderer.router as Router, content.pages, content.operations),
  );
  app.converter.on(Converter.EVENT_RESOLVE_BEGIN, ({ project }) => arrange(project, content.operations));
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

/** The guides are unfolded in the navigation until a reader folds them; TypeDoc's script remembers that. */
const OPEN_GUIDES = `<script>try { localStorage["tsd-accordion-Guides"] ??= "true"; } catch {}</script>`;

/** The first groups of the navigation; the others follow. */
const GROUPS = ["Guides", "Coming from elsewhere", "Reference", "API reference", "HTTP reference"];

const categoryOrder = ({ pages, operations }: Content): string[] => [
  ...new Set([...GROUPS, ...pages.map(({ group }) => group)]),
  ...new Set(CATEGORIES.map(([, category]) => category)),
  ...bySubject(operations).map(([subject]) => subject),
  "*",
];
