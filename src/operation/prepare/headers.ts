/** What a header is; several values are sent as several lines. */
export type HeaderValue = string | string[];

/** Headers by name; null leaves one out. */
export type HeaderMap = Readonly<Record<string, HeaderValue | null>>;

/** Merges headers; of two with the same name, in whatever case, the later one holds. */
export function mergeHeaders(...sources: readonly HeaderMap[]): HeaderMap {
  const merged: Record<string, HeaderValue | null> = {};
  const spelling = new Map<string, string>();
  for (const source of sources) {
    for (const [name, value] of Object.entries(source)) {
      const known = spelling.get(name.toLowerCase());
      if (known !== undefined && known !== name) delete merged[known];
      spelling.set(name.toLowerCase(), name);
      merged[name] = value;
    }
  }
  return merged;
}
