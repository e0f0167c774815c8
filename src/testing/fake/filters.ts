import { Refusal } from "./refusal.js";

/** Filters of a request, by name, each with its values. */
export type Filters = Readonly<Record<string, readonly string[]>>;

/** Reads the parameter `filters`, in both forms that Engines take. @throws {Refusal} it is neither, or has an unknown filter */
export function readFilters(text: string | undefined, known?: readonly string[]): Filters {
  if (text === undefined || text === "") return {};
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw new Refusal(400, `invalid filter: ${text}`);
  }
  const entries = Object.entries((parsed ?? {}) as Record<string, unknown>).map(
    ([name, values]): [string, string[]] => {
      if (typeof values !== "object" || values === null) throw new Refusal(400, `invalid filter: ${text}`);
      return [name, Array.isArray(values) ? values : Object.keys(values)];
    },
  );
  const unknown = known && entries.find(([name]) => !known.includes(name));
  if (unknown) {
    const advice = `the fake Engine knows ${known.join(", ")} here`;
    throw new Refusal(400, `invalid filter '${unknown[0]}': ${advice}`);
  }
  return Object.fromEntries(entries);
}

/** Whether one of a filter's values matches, or it has none. */
export const anyOf = (filters: Filters, name: string, fits: (value: string) => boolean): boolean =>
  (filters[name] ?? []).length === 0 || (filters[name] as readonly string[]).some(fits);

/** Whether labels include everything that the filter `label` names, as `name` or `name=value`. */
export function hasLabels(
  filters: Filters,
  labels: Readonly<Record<string, string>>,
  name = "label",
): boolean {
  return (filters[name] ?? []).every((label) => {
    const [key = "", value] = label.split(/=(.*)/s, 2);
    return Object.hasOwn(labels, key) && (value === undefined || labels[key] === value);
  });
}
