import { relative } from "node:path";
import {
  Comment,
  type CommentDisplayPart,
  CommentTag,
  DeclarationReflection,
  type ProjectReflection,
  type Reflection,
  ReflectionKind,
  SignatureReflection,
} from "typedoc";
import { workspace } from "../spec/workspace.js";
import type { DocumentedOperation } from "./operations.js";

/** The modules that packages import, by entry. */
export const ENTRIES: Readonly<Record<string, string>> = {
  "docker-engine-sdk": "src/index.ts",
  "docker-engine-sdk/testing": "src/testing/index.ts",
  "docker-engine-sdk/progress": "src/progress/index.ts",
};

/** Where the navigation has what a file declares: the first row that fits. */
export const CATEGORIES: readonly [prefix: string, category: string][] = [
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

/** Names the entries as programs import them, and arranges what they export, and the methods of the client, by subject. */
export function arrange(project: ProjectReflection, operations: readonly DocumentedOperation[]): void {
  const subjects = new Map(operations.map(({ name, subject }) => [name, subject]));
  const exported = new Map<string, DeclarationReflection>();
  for (const entry of project.children ?? []) {
    const path = entry.sources?.[0]?.fileName ?? "";
    const [name] = Object.entries(ENTRIES).find(([, source]) => source === path) ?? [];
    if (name) entry.name = name;
    addCategory(entry, "API reference");
    for (const declared of entry.children ?? []) {
      exported.set(declared.name, declared);
      arrangeExport(declared, subjects);
    }
  }
  for (const reflection of Object.values(project.reflections)) {
    if (reflection.comment) listErrors(reflection.comment, exported);
    const hasSources =
      reflection instanceof DeclarationReflection || reflection instanceof SignatureReflection;
    // What errors have from the language's own is not in the repository.
    if (hasSources && reflection.sources?.some(({ fileName }) => fileName.includes("node_modules/"))) {
      delete reflection.sources;
    }
  }
}

/** Makes one list of what a method throws, with links to the classes. */
function listErrors(comment: Comment, exported: ReadonlyMap<string, Reflection>): void {
  const thrown = comment.getTags("@throws");
  if (thrown.length === 0) return;
  const list = thrown.flatMap(({ typeAnnotation, content }): CommentDisplayPart[] => {
    const bullet: CommentDisplayPart = { kind: "text", text: "\n- " };
    if (!typeAnnotation) return [bullet, ...content];
    const names = typeAnnotation.replace(/^\{|\}$/g, "").split(/ *\| */);
    const classes = names.flatMap((name): CommentDisplayPart[] => {
      const target = exported.get(name);
      return [
        { kind: "text", text: " or " },
        target
          ? { kind: "inline-tag", tag: "@link", text: name, target }
          : { kind: "code", text: `\`${name}\`` },
      ];
    });
    // A status belongs to its class: EngineError 404: no such image.
    const isStatus = /^\d/.test(Comment.combineDisplayParts(content));
    return [bullet, ...classes.slice(1), { kind: "text", text: isStatus ? " " : ": " }, ...content];
  });
  comment.removeTags("@throws");
  comment.blockTags.unshift(new CommentTag("@throws", list));
}

function arrangeExport(declared: DeclarationReflection, subjects: ReadonlyMap<string, string>): void {
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
