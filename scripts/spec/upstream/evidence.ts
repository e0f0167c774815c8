import { readFile } from "node:fs/promises";
import type { Path } from "../correct/apply-overlay.js";
import { isObject } from "../openapi.js";
import type { Swagger } from "../pull/description.js";
import { evidenceFile, type Workspace } from "../workspace.js";
import { type Answer, type PlacedSchema, step } from "./answers.js";
import { operationsOf } from "./definitions.js";
import { valueAt } from "./swagger-changes.js";

/** Reads what Engines answered; nothing if it was never recorded. */
export async function readAnswers(workspace: Workspace): Promise<Answer[]> {
  const text = await readFile(evidenceFile(workspace), "utf8").catch(() => "");
  return text
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line));
}

/** An answer in which a field was seen, with its types. */
interface Sight {
  readonly answer: Answer;
  readonly types: string;
}

/** Says what Engines answered where a description is corrected. */
export class Evidence {
  readonly #swagger: Swagger;
  readonly #answers: readonly Answer[];
  readonly #sights = new Map<string, Sight[]>();

  /** @param swagger the corrected description */
  constructor(swagger: Swagger, answers: readonly Answer[]) {
    this.#swagger = swagger;
    this.#answers = answers;
    for (const { path, method, operation } of operationsOf(swagger)) {
      for (const answer of answers) {
        if (answer.operation !== operation.operationId) continue;
        const root = ["paths", path, method, "responses", String(answer.status), "schema"];
        const schema = valueAt(swagger, root);
        if (!isObject(schema)) continue;
        for (const [field, types] of Object.entries(answer.fields))
          for (const { place } of this.#schemasAt({ schema, place: pointer(root) }, field))
            this.#sights.set(place, [...(this.#sights.get(place) ?? []), { answer, types }]);
      }
    }
  }

  #schemasAt(root: PlacedSchema, field: string): PlacedSchema[] {
    const names = field === "" ? [] : field.split("/");
    return names.reduce((at, name) => at.flatMap((one) => step(this.#swagger, one, name)), [root]);
  }

  /** What was seen at a changed path of the description, a sentence each. */
  at(path: Path): readonly string[] {
    const [top, address, method, part, status] = path;
    if (path.at(-1) === "required" && path.length > 2) return this.#always(path);
    if (top === "paths" && part === "responses" && path.length <= 6) {
      const answers = this.#of(address, method).filter((one) => String(one.status) === String(status));
      return sentences(answers, ({ operation, status: seen }) => `${operation} answered ${seen}`);
    }
    if (top === "paths" && part === "produces") {
      const answers = this.#of(address, method).filter((one) => one.status < 300 && one.mediaType);
      return sentences(answers, ({ mediaType, operation }) => `${operation} answered with ${mediaType}`);
    }
    const field = this.#nearest(path);
    // Only an answer with null shows that a field is nullable.
    const sights = path.at(-1) === "x-nullable" ? field.filter(({ types }) => /\bnull\b/.test(types)) : field;
    return sentences(sights, ({ answer: { operation }, types }) => `in ${operation} it was ${spoken(types)}`);
  }

  #of(address: unknown, method: unknown): readonly Answer[] {
    const operation = valueAt(this.#swagger, ["paths", String(address), String(method)]) as {
      operationId?: string;
    };
    return this.#answers.filter((answer) => answer.operation === operation?.operationId);
  }

  /** What was seen of the field that a path is in. */
  #nearest(path: Path): readonly Sight[] {
    const field = path.findLastIndex((name, index) => path[index - 1] === "properties" && name !== undefined);
    return field === -1 ? [] : (this.#sights.get(pointer(path.slice(0, field + 1))) ?? []);
  }

  /** Where the fields that became required were never absent. */
  #always(path: Path): readonly string[] {
    const owner = path.slice(0, -1);
    const required = valueAt(this.#swagger, path);
    if (!Array.isArray(required)) return [];
    const fields = required.map((field) => this.#sights.get(pointer([...owner, "properties", field])) ?? []);
    const isAlways = ({ answer }: Sight): boolean =>
      fields.every((sights) =>
        sights.some((one) => one.answer === answer && !one.types.split(" ").includes("absent")),
      );
    const present = fields.flat().filter(isAlways);
    return sentences(present, ({ answer: { operation } }) => `in ${operation} none of them was ever absent`);
  }
}

/** Sentences about answers, each with the Engines of which it is true. */
function sentences<T extends Answer | Sight>(seen: readonly T[], say: (one: T) => string): readonly string[] {
  const engines = new Map<string, Set<string>>();
  for (const one of seen) {
    const { engine } = "answer" in one ? one.answer : one;
    const sentence = say(one);
    engines.set(sentence, (engines.get(sentence) ?? new Set()).add(engine));
  }
  return [...engines].map(([sentence, names]) => `${sentence} (${[...names].sort().join(", ")})`);
}

const spoken = (types: string): string =>
  new Intl.ListFormat("en-GB", { type: "disjunction" }).format(types.split(" "));

/** A path as a JSON pointer. */
const pointer = (path: Path): string =>
  `#${path.map((name) => `/${String(name).replaceAll("~", "~0").replaceAll("/", "~1")}`).join("")}`;
