const INSTRUCTION = /^\s*(FROM|COPY|ARG)\s+(.*)$/i;

/** The images that a Dockerfile builds on or copies from, with its build arguments applied. */
export function imagesOf(dockerfile: string, buildArgs: Readonly<Record<string, string>>): string[] {
  const values = new Map<string, string>();
  const images: string[] = [];
  // A backslash or, with its directive, a backtick continues a line.
  for (const line of dockerfile.replace(/[\\`][ \t]*\r?\n/g, " ").split(/\r?\n/)) {
    const [, instruction = "", rest = ""] = INSTRUCTION.exec(line) ?? [];
    const words = rest.trim().split(/\s+/);
    switch (instruction.toUpperCase()) {
      case "ARG": {
        const [name = "", value] = (words[0] ?? "").split(/=(.*)/s, 2);
        const known = buildArgs[name] ?? unquoted(value);
        if (known !== undefined) values.set(name, known);
        break;
      }
      case "FROM": {
        const image = words.find((word) => !word.startsWith("--"));
        if (image !== undefined) images.push(expanded(unquoted(image) ?? "", values));
        break;
      }
      case "COPY": {
        const from = words.find((word) => word.startsWith("--from="));
        if (from !== undefined) images.push(expanded(from.slice("--from=".length), values));
      }
    }
  }
  return images;
}

const unquoted = (value: string | undefined): string | undefined => value?.replace(/^(["'])(.*)\1$/s, "$2");

/** Replaces `$NAME`, `${NAME}` and `${NAME:-default}`. */
const expanded = (text: string, values: ReadonlyMap<string, string>): string =>
  text.replace(
    /\$(?:(\w+)|\{(\w+)(?::-([^}]*))?\})/g,
    (_, plain: string | undefined, braced: string | undefined, otherwise: string | undefined) =>
      values.get(plain ?? braced ?? "") || otherwise || "",
  );
