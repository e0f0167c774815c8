import { SpecError } from "./spec-error.js";

/**
 * Takes a problem that only a person can settle, in words that name the edit. The stage that reports it goes on with its
 * best guess, so that one run finds all problems, and a draft can be written in spite of them.
 */
export type Report = (problem: string) => void;

/** Stops at the first problem. */
export const refuse: Report = (problem) => {
  throw new SpecError(problem);
};
