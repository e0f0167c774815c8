/** Value of a header; an array is sent as several lines. */
export type HeaderValue = string | string[];

/** Headers by name; null omits one. */
export type HeaderMap = Readonly<Record<string, HeaderValue | null>>;

/** Merges headers. Names are case-insensitive, and later ones win. */
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
