import { asMember, shownName } from "./quote.js";

/** Messages about options that a call does not have. Most of these are other clients' names for options that it has. */

/**
 * What to do about another client's option, by its name there: what to write instead, such as "remove: true" for `rm`, or any
 * other advice.
 */
export type Equivalents = Readonly<Record<string, string | { readonly advice: string }>>;

/** Other clients' names of options that many calls have. */
const SHARED: Readonly<Record<string, string>> = {
  abortSignal: "signal",
  followProgress: "onProgress",
  callback: "onProgress",
};

/** What to do instead of passing a callback, as in dockerode. */
export const NO_CALLBACK = "await the call instead of passing a callback";

/** The message for an unknown option: what to do about it if known, else a list of the options. */
export function unknownOption(name: string, known: readonly string[], equivalents: Equivalents = {}): string {
  const equivalent = Object.hasOwn(equivalents, name) ? equivalents[name] : sharedName(name, known);
  if (equivalent === undefined) {
    return `the option ${shownName(name)} is unknown. Known options: ${known.join(", ") || "none"}`;
  }
  const advice = typeof equivalent === "string" ? `write ${equivalent} instead` : equivalent.advice;
  return `the option ${shownName(name)} is unknown; ${advice}`;
}

/** The known option that another client calls or spells that way: psArgs for ps_args, oneShot for one-shot. */
function sharedName(name: string, known: readonly string[]): string | undefined {
  const shared = Object.hasOwn(SHARED, name) ? SHARED[name] : undefined;
  if (shared !== undefined && known.includes(shared)) return shared;
  const spelled = known.find((option) => letters(option) === letters(name));
  return spelled && asMember(spelled);
}

const letters = (name: string): string => name.replaceAll(/[_-]/g, "").toLowerCase();
