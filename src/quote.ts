import { redactLogins } from "./secrets.js";

/** Quotes callers' and Engines' text in messages: short, on one line, and without logins in addresses. */

const LONGEST = 100;

/** Characters that end a line or change how the rest of it is shown, and that JSON does not escape. */
const UNPRINTABLE = /[\x7f-\x9f\p{Zl}\p{Zp}\p{Bidi_Control}]/gu;

/** A name that needs no quotes. */
const PLAIN = /^[\w$.:@/*-]+$/;

/** Quotes text for a message. */
export const quote = (text: string): string => quoteSafe(redactLogins(text));

/** Shows a name that a caller chose: unchanged if plain, quoted otherwise. */
export function shownName(name: string): string {
  const shown = redactLogins(name);
  return shown.length <= LONGEST && PLAIN.test(shown) ? shown : quoteSafe(shown);
}

/** A name as written in an object: "one-shot" needs quotes. */
export const asMember = (name: string): string =>
  name.length <= LONGEST && /^\w+$/.test(name) ? name : quote(name);

/** Quotes text whose logins, if any, are masked already. */
export function quoteSafe(text: string): string {
  const short = text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
  return JSON.stringify(short).replace(UNPRINTABLE, escaped);
}

const escaped = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
