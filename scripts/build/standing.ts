/**
 * Which version's declarations of a module stand for another version: a type that is the same in both is declared once, so
 * that a value of one is a value of the other.
 */
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** Compiled declarations of the sources on a version's generated files. */
export interface Compiled {
  /** The version's folder in generated/, with a slash. */
  readonly prefix: string;
  readonly folder: string;
  /** The version it builds on. */
  readonly base: Compiled | undefined;
}

/** A name that a module takes from another. */
interface Use {
  readonly source: string;
  readonly names: readonly string[];
}

/** The version whose declarations of a module of src/ stand for the given version: its own, or one that it builds on. */
export function standing(module: string, version: Compiled): Compiled {
  const { base } = version;
  return base && isSame(module, version, base, new Set()) ? standing(module, base) : version;
}

function isSame(module: string, version: Compiled, base: Compiled, assumed: Set<string>): boolean {
  if (assumed.has(module)) return true;
  assumed.add(module);
  const text = textOf(module, version);
  if (text !== textOf(module, base)) return false;
  return usesOf(text).every(({ source, names }) => {
    const [, generated] = /^#generated\/(.+)\.js$/.exec(source) ?? [];
    if (generated !== undefined) {
      const passedOn = passedOnBy(generated, version);
      return names.every((name) => passedOn.has(name));
    }
    const other = moduleOf(source, module);
    return other === undefined || isSame(other, version, base, assumed);
  });
}

/** The module of src/ that another one refers to; undefined for a package. */
function moduleOf(source: string, module: string): string | undefined {
  if (source.startsWith("#src/")) return source.slice("#src/".length).replace(/\.js$/, "");
  return source.startsWith(".") ? join(dirname(module), source.replace(/\.js$/, "")) : undefined;
}

const textOf = (module: string, { folder }: Compiled): string => {
  const file = join(folder, "src", `${module}.d.ts`);
  return existsSync(file) ? readFileSync(file, "utf8") : "";
};

/** What the generated module of a version passes on from the version it builds on. */
function passedOnBy(name: string, { folder, prefix }: Compiled): Set<string> {
  const text = readFileSync(join(folder, "generated", prefix, `${name}.d.ts`), "utf8");
  const lists = [...text.matchAll(/^export (?:type )?\{([^}]*)\} from "\.\.?\/.*";$/gm)];
  return new Set(lists.flatMap(([, list = ""]) => namesIn(list)));
}

const USES = /\b(?:import|export) (?:type )?(?:\*|\{([^}]*)\}) from "([^"]+)"|\bimport\("([^"]+)"\)\.(\w+)/g;

const usesOf = (text: string): Use[] =>
  [...text.matchAll(USES)].map(([, list = "", source = "", inline, name = ""]) =>
    inline === undefined ? { source, names: namesIn(list) } : { source: inline, names: [name] },
  );

const namesIn = (list: string): string[] =>
  list
    .split(",")
    .map(
      (item) =>
        item
          .trim()
          .replace(/^type /, "")
          .split(" ")[0] ?? "",
    )
    .filter(Boolean);
