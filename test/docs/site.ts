import { readdirSync, readFileSync } from "node:fs";
import { join, posix } from "node:path";

/** The folder that `npm run docs` wrote. */
export const folder = join(process.cwd(), "site");

/** All files of the site, by their paths in it. */
export const files: ReadonlySet<string> = new Set(
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => posix.relative(folder, posix.join(entry.parentPath, entry.name))),
);

export const textOf = (path: string): string => readFileSync(join(folder, path), "utf8");

/** The values that an attribute has in a page. */
export const attributes = (html: string, name: string): string[] =>
  [...html.matchAll(new RegExp(` ${name}="([^"]*)"`, "g"))].map(([, value = ""]) => decode(value));

const decode = (value: string): string =>
  value.replaceAll("&quot;", '"').replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
