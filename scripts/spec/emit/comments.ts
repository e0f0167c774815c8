import ts from "typescript";

/** Puts our words first and without a tag: after `@deprecated` they would be part of it. */
export function plainComments<T extends ts.Node>(node: T): T {
  const comments = ts.getSyntheticLeadingComments(node);
  if (comments) {
    const plain = comments.map((comment) => ({ ...comment, text: plainComment(comment.text) }));
    ts.setSyntheticLeadingComments(
      node,
      plain.filter(({ text }) => text !== ""),
    );
  }
  ts.forEachChild(node, (child) => void plainComments(child));
  return node;
}

/** Drops our words where another type says the same: they would be in the package twice. */
export function withoutComments<T extends ts.Node>(node: T): T {
  ts.setSyntheticLeadingComments(node, undefined);
  ts.forEachChild(node, (child) => void withoutComments(child));
  return node;
}

function plainComment(text: string): string {
  const lines = text
    .split("\n")
    .map((line) => line.replace(/^\s*\*?\s?/, "").trim())
    .filter(Boolean);
  const isTag = (line: string): boolean => /^@(?!description)/.test(line);
  const words = lines.filter((line) => !isTag(line)).map((line) => line.replace(/^@description /, ""));
  const tags = lines.filter((line) => isTag(line) && !/^@(enum|constant)/.test(line));
  const all = [...words, ...tags];
  if (all.length === 0) return "";
  return all.length > 1 ? `*\n${all.map((line) => ` * ${line}\n`).join("")} ` : `* ${all.join("")} `;
}
