import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { deflateSync } from "node:zlib";
import lunr from "lunr";
import {
  Comment,
  DeclarationReflection,
  type Reflection,
  ReflectionKind,
  type RendererEvent,
  type Router,
} from "typedoc";
import { anchorOf, type Page, sectionsOf } from "./guides.js";
import type { DocumentedOperation } from "./operations.js";

/** A result of a search, as TypeDoc's script in the pages shows it. */
interface Row {
  readonly kind: ReflectionKind;
  readonly name: string;
  readonly url: string;
  readonly parent?: string;
}

/** What a result is found by. */
interface Found extends Row {
  readonly text: string;
}

/**
 * Replaces the index that TypeDoc wrote: that finds a page of Markdown as a whole, and no path of the API. This one finds each
 * section, and tells methods by their requests as well.
 */
export async function writeSearchIndex(
  { project, outputDirectory }: RendererEvent,
  router: Router,
  pages: readonly Page[],
  operations: readonly DocumentedOperation[],
): Promise<void> {
  const documents = new Map(
    project.documents?.map((page) => [page.frontmatter.path, router.getFullUrl(page)]),
  );
  const found = [
    ...pages.flatMap((page) => sectionsFound(page, documents.get(page.path) ?? "index.html")),
    ...exportsFound(router, operations),
  ];
  const builder = new lunr.Builder();
  builder.pipeline.add(trimPunctuation);
  builder.ref("id");
  builder.field("name", { boost: 20 });
  builder.field("text");
  found.forEach(({ name, parent = "", text }, id) => {
    builder.add({ id, name, text: `${parent} ${text}` });
  });
  const rows = found.map(({ text: _, ...row }): Row => row);
  const data = deflateSync(JSON.stringify({ rows, index: builder.build() })).toString("base64");
  await writeFile(join(outputDirectory, "assets", "search.js"), `window.searchData = "${data}";`);
}

const sectionsFound = (page: Page, url: string): Found[] =>
  sectionsOf(page).map(({ title, text, isTop }) => ({
    kind: ReflectionKind.Document,
    name: title,
    url: isTop ? url : `${url}#${anchorOf(title)}`,
    ...(isTop ? {} : { parent: page.title }),
    text,
  }));

function exportsFound(router: Router, operations: readonly DocumentedOperation[]): Found[] {
  const requests = new Map(operations.map(({ name, request }) => [`Docker.${name}`, request]));
  return router.getLinkTargets().flatMap((target) => {
    if (!(target instanceof DeclarationReflection)) return [];
    const parent = target.parent?.kindOf(ReflectionKind.Module) ? undefined : target.parent?.name;
    const { kind, name } = target;
    const request = requests.get(`${parent}.${name}`) ?? "";
    const text = `${wordsOf(target)} ${request}`;
    return [{ kind, name, url: router.getFullUrl(target), ...(parent && { parent }), text }];
  });
}

/** What the comment of an export says of it. Arguments and errors are much the same everywhere. */
function wordsOf(target: DeclarationReflection): string {
  const commented: Reflection[] = [target, ...(target.signatures ?? [])];
  return commented.map(({ comment }) => Comment.combineDisplayParts(comment?.summary)).join(" ");
}

/** Words lose the punctuation around them, but paths keep their slash. */
const trimPunctuation: lunr.PipelineFunction = (token) =>
  token.update((word) => word.replace(/^[^\p{L}\p{N}_/]+|[^\p{L}\p{N}_}]+$/gu, "").slice(0, 60));
lunr.Pipeline.registerFunction(trimPunctuation, "trimPunctuation");
