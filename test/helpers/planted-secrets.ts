const MARK = "planted5ecret";

/** A secret that must never be shown; tests that pass secrets pass these. `what` tells them apart. */
export const planted = (what: string): string => `${MARK}-${what}`;

/** The mark as base64 has it, which depends on how many bytes come before it; without what its neighbours change. */
const encoded = [0, 1, 2].map((before) => {
  const text = Buffer.from("x".repeat(before) + MARK).toString("base64url");
  return text.slice(Math.ceil((before * 8) / 6), Math.floor(((before + MARK.length) * 8) / 6));
});

const SHOWN = new RegExp([MARK, ...encoded].join("|"));

/** What is around a planted secret in a text, with the secret itself left out; undefined if there is none. */
export function plantedIn(text: string): string | undefined {
  const at = SHOWN.exec(text)?.index;
  if (at === undefined) return undefined;
  return text.slice(Math.max(0, at - 100), at + 100).replaceAll(new RegExp(SHOWN, "g"), "[PLANTED SECRET]");
}
