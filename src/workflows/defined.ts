type Optional<T> = { [Name in keyof T]: undefined extends T[Name] ? Name : never }[keyof T];
type Given<T> = Omit<T, Optional<T>> & { [Name in Optional<T>]?: Exclude<T[Name], undefined> };

/** Drops undefined options: those of operations may be omitted, but not undefined. */
export function given<T extends object>(options: T): Given<T> {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as Given<T>;
}
