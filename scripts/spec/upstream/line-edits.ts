import { isDeepStrictEqual } from "node:util";
import {
  type Document,
  isAlias,
  isCollection,
  isMap,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseDocument,
  type Scalar,
  type YAMLMap,
  type YAMLSeq,
} from "yaml";
import type { Path } from "../correct/apply-overlay.js";
import { isObject } from "../openapi.js";
import { SpecError } from "../spec-error.js";
import { blockLines, flowText, isStatus, keepsForm, matchItems, nameOf, placeFor } from "./yaml-style.js";

/** Lines of a text to replace: none for an insertion. */
export interface LineEdit {
  /** The first line to replace, counted from 0, or the one to insert before. */
  readonly from: number;
  /** The line after the last one to replace. */
  readonly to: number;
  readonly lines: readonly string[];
  /** The value that changes. */
  readonly path: Path;
}

/**
 * The edits that turn a YAML text into one of another value, line by line. All other lines stay as they are, with their
 * comments and their style.
 */
export function lineEdits(text: string, wanted: unknown, file: string): LineEdit[] {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter, logLevel: "error" });
  return new Editor(text, lineCounter, document, file).edits(wanted);
}

/** A text with edits applied. */
export function applyEdits(text: string, edits: readonly LineEdit[]): string {
  const lines = text.split("\n");
  // Last ones first, so that the others do not move; of insertions at one line, too.
  for (const { from, to, lines: replacement } of edits.toReversed())
    lines.splice(from, to - from, ...replacement);
  return lines.join("\n");
}

class Editor {
  readonly #text: string;
  readonly #lines: readonly string[];
  readonly #counter: LineCounter;
  readonly #document: Document;
  readonly #file: string;
  readonly #edits: LineEdit[] = [];

  constructor(text: string, counter: LineCounter, document: Document, file: string) {
    this.#text = text;
    this.#lines = text.split("\n");
    this.#counter = counter;
    this.#document = document;
    this.#file = file;
  }

  edits(wanted: unknown): LineEdit[] {
    this.#value(this.#document.contents as Node, wanted, []);
    return this.#edits.sort((a, b) => a.from - b.from || a.to - b.to);
  }

  /** Edits a value in its place. Its own line is not touched if it is a block. */
  #value(node: Node, wanted: unknown, path: Path): void {
    if (isDeepStrictEqual(this.#valueOf(node), wanted)) return;
    if (isMap(node) && isObject(wanted) && !node.flow) this.#map(node, wanted, path);
    else if (isSeq(node) && Array.isArray(wanted) && !node.flow) this.#list(node, wanted, path);
    else this.#inline(node, wanted, path);
  }

  #map(node: YAMLMap, wanted: Record<string, unknown>, path: Path): void {
    const pairs = new Map(node.items.map((pair) => [nameOf(pair), pair as Pair<Scalar, Node>]));
    for (const [key, pair] of pairs) {
      const at = [...path, key];
      if (!(key in wanted)) this.#replacePair(pair, [], at);
      else if (pair.value && keepsForm(pair.value, this.#valueOf(pair.value), wanted[key]))
        this.#value(pair.value, wanted[key], at);
      else if (!isDeepStrictEqual(pair.value && this.#valueOf(pair.value), wanted[key]))
        this.#replacePair(pair, blockLines({ [key]: wanted[key] }, this.#column(pair.key)), at);
    }
    const column = this.#column(node.items[0]?.key as Scalar);
    const kept = [...pairs.values()].filter((pair) => nameOf(pair) in wanted);
    for (const key of Object.keys(wanted).filter((name) => !pairs.has(name))) {
      const place = placeFor(key, kept);
      const line =
        isStatus(key) && !place ? this.#line(kept[0]?.key as Node) : this.#lineAfter(place ?? node);
      this.#insert(line, blockLines({ [key]: wanted[key] }, column), [...path, key]);
    }
  }

  #list(node: YAMLSeq, wanted: readonly unknown[], path: Path): void {
    const items = node.items as Node[];
    const matches = matchItems(
      items.map((item) => this.#valueOf(item)),
      wanted,
    );
    for (const [index, item] of items.entries()) {
      const at = [...path, index];
      const match = matches.indexOf(index);
      if (match === -1) this.#replace(this.#dash(item).line, this.#lineAfter(item), [], at);
      else this.#value(item, wanted[match], at);
    }
    const { column } = this.#dash(items[0] as Node);
    for (const [index, item] of wanted.entries())
      if (matches[index] === undefined)
        this.#insert(this.#lineAfter(node), blockLines([item], column), [...path, index]);
  }

  #dash(item: Node): { readonly line: number; readonly column: number } {
    const line = this.#line(item);
    const column = (this.#lines[line] as string).search(/\S/);
    // A list in a list begins with a dash of its own.
    if (this.#lines[line]?.[column] === "-" && column < this.#column(item)) return { line, column };
    throw new SpecError(
      `${this.#file}:${line + 1}: the item of a list does not begin on the line of its dash.`,
    );
  }

  /** A scalar or a flow collection, whose lines are written anew. */
  #inline(node: Node, wanted: unknown, path: Path): void {
    const [start, end] = node.range as [number, number, number];
    const [from, to] = [this.#line(node), this.#counter.linePos(end).line - 1];
    const before = this.#text.slice(this.#counter.lineStarts[from], start);
    const after = (this.#lines[to] as string).slice(end - (this.#counter.lineStarts[to] as number));
    const inside = this.#flow(node, wanted);
    this.#replace(from, to + 1, `${before}${inside}${after}`.split("\n"), path);
  }

  /** A value in flow style, with the words of the text where it stays the same. */
  #flow(node: Node, wanted: unknown): string {
    const [start, end] = node.range as [number, number, number];
    if (isDeepStrictEqual(this.#valueOf(node), wanted)) return this.#text.slice(start, end);
    if (isMap(node) && isObject(wanted)) {
      const known = new Map(node.items.map((pair) => [nameOf(pair), pair as Pair<Scalar, Node>]));
      const entries = Object.entries(wanted).map(([key, value]) => {
        const old = known.get(key);
        if (!old?.value) return flowText({ [key]: value }).replace(/^\{ (.*) \}$/, "$1");
        const [start, end] = old.key.range as [number, number, number];
        return `${this.#text.slice(start, end)}: ${this.#flow(old.value, value)}`;
      });
      return `{ ${entries.join(", ")} }`;
    }
    if (isSeq(node) && Array.isArray(wanted)) {
      const matches = matchItems(
        node.items.map((item) => this.#valueOf(item as Node)),
        wanted,
      );
      const items = wanted.map((value, index) => {
        const match = matches[index];
        return match === undefined ? flowText(value) : this.#flow(node.items[match] as Node, value);
      });
      return `[${items.join(", ")}]`;
    }
    return flowText(wanted);
  }

  #replacePair(pair: Pair<Scalar, Node>, lines: readonly string[], path: Path): void {
    const line = this.#line(pair.key);
    if ((this.#lines[line] as string).search(/\S/) !== this.#column(pair.key))
      throw new SpecError(`${this.#file}:${line + 1}: ${path.join(".")} is not on a line of its own.`);
    this.#replace(line, this.#lineAfter(pair), lines, path);
  }

  #insert(line: number, lines: readonly string[], path: Path): void {
    this.#edits.push({ from: line, to: line, lines, path });
  }

  #replace(from: number, to: number, lines: readonly string[], path: Path): void {
    this.#edits.push({ from, to, lines, path });
  }

  #line(node: Node): number {
    return this.#counter.linePos((node.range as [number, number, number])[0]).line - 1;
  }

  #column(node: Node): number {
    return this.#counter.linePos((node.range as [number, number, number])[0]).col - 1;
  }

  /** The line after the last one with something of a value. */
  #lineAfter(part: Pair | Node): number {
    return this.#counter.linePos(this.#lastCharacter(part)).line;
  }

  #lastCharacter(part: Pair | Node): number {
    if (isCollection(part) && !part.flow && part.items.length > 0)
      return this.#lastCharacter(part.items.at(-1) as Pair | Node);
    if ("key" in part) return this.#lastCharacter((part.value ?? part.key) as Node);
    const [start, end] = part.range as [number, number, number];
    // A block scalar ends with its line breaks.
    return start + this.#text.slice(start, end).trimEnd().length - 1;
  }

  #valueOf(node: Node): unknown {
    if (isAlias(node))
      throw new SpecError(`${this.#file} has the alias *${node.source}, which cannot be edited.`);
    return node.toJS(this.#document, { maxAliasCount: -1 });
  }
}
