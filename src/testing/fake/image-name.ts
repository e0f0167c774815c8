/** An image's name in an Engine's short form: without Docker Hub's host, with a tag. */
export function shortName(name: string): string {
  const short = name.replace(/^(?:index\.)?docker\.io\//, "").replace(/^library\/(?=[^/]+$)/, "");
  return splitTag(short).tag === undefined && !short.includes("@") ? `${short}:latest` : short;
}

/** The name with its registry's host, as containerd stores it. */
export function qualifiedName(name: string): string {
  const short = shortName(name);
  const [first = ""] = short.split("/", 1);
  if (!short.includes("/")) return `docker.io/library/${short}`;
  return /[.:]|^localhost$/.test(first) ? short : `docker.io/${short}`;
}

/** Splits off the tag. A colon before a slash belongs to a registry's port. */
export function splitTag(name: string): { readonly repository: string; readonly tag: string | undefined } {
  const [, repository = name, tag] = /^(.+):([^/:]+)$/.exec(name) ?? [];
  return { repository, tag };
}
