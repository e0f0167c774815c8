type Optional<T> = { [Name in keyof T]: undefined extends T[Name] ? Name : never }[keyof T];
type Given<T> = Omit<T, Optional<T>> & { [Name in Optional<T>]?: Exclude<T[Name], undefined> };

/** The options that were given: an operation's may be left out, but not be undefined. */
export function given<T extends object>(options: T): Given<T> {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as Given<T>;
}
