import type { Ulimit } from "#generated/schema.js";
import { checkOptions, describe, type Rule, type Rules, rule } from "../../arguments.js";
import { ArgumentError } from "../../errors.js";
import { isObject, kindOf, readMembers } from "../../members.js";
import { LIMIT_RULES } from "../limits.js";
import { EQUIVALENTS } from "./build-equivalents.js";
import type { BuildKitOptions, BuildOptions, ClassicOptions } from "./build-options.js";

const oneOf = (values: readonly string[]): Rule => ({
  must: values.map((value) => JSON.stringify(value)).join(" or "),
  check: (value) => values.includes(value as string),
});
const ULIMIT = '{ Name: "nofile", Soft: 1024, Hard: 2048 }';
const integer: Rule = { must: "an integer", check: Number.isSafeInteger };
/** The Engine's API cannot ask for BuildKit's other caches, and ignores what is not an image name. */
const images: Rule = {
  ...rule.texts,
  must: 'an array of image names, such as ["app:1"]',
  check: (value) => rule.texts.check(value) && (value as string[]).every((name) => /^[^=,\s]+$/.test(name)),
};

export const BUILDKIT_RULES: Rules<BuildKitOptions> = {
  secrets: {
    must: 'an object of secrets by ID, such as { token: { env: "TOKEN" } }',
    check: isObject,
    secret: true,
  },
  ssh: {
    must: "true, the path of an agent's socket, or an object of such paths by ID",
    check: (value) => value === true || typeof value === "string" || isObject(value),
  },
  inlineCache: rule.boolean,
  outputs: {
    must: 'one output, such as { type: "tar", dest: "files.tar" }',
    check: isObject,
  },
  contextKey: {
    must: "a string that is not empty",
    check: (value) => typeof value === "string" && value !== "",
  },
};

export const CLASSIC_RULES: Rules<ClassicOptions> = {
  memory: integer,
  memorySwap: integer,
  cpuShares: integer,
  cpuPeriod: integer,
  cpuQuota: integer,
  cpusetCpus: rule.text,
  cpusetMems: rule.text,
  cgroupParent: rule.text,
  isolation: rule.text,
  securityOpt: rule.texts,
  squash: rule.boolean,
  rm: rule.boolean,
  forceRm: rule.boolean,
};

const RULES: Rules<BuildOptions> = {
  tags: {
    ...rule.texts,
    must: "a name, or an array of names",
    check: (value) => rule.texts.check([value].flat()),
  },
  dockerfile: {
    must: "a path, or { text } with the Dockerfile itself",
    check: (value) => (isText(value) && value !== "") || isOnly(value, "text"),
  },
  target: rule.text,
  platform: rule.checkedLater,
  network: rule.text,
  buildArgs: rule.object,
  labels: rule.object,
  logins: {
    must: "an object of logins by registry, or false",
    check: (value) => value === false || isObject(value),
    secret: true,
  },
  cacheFrom: images,
  noCache: rule.boolean,
  pull: rule.boolean,
  addHosts: rule.texts,
  shmSize: integer,
  ulimits: { must: `an array such as [${ULIMIT}]`, check: Array.isArray },
  builder: oneOf(["buildkit", "classic"]),
  onProgress: rule.function,
  ...BUILDKIT_RULES,
  ...CLASSIC_RULES,
  ...LIMIT_RULES,
};

/** Checks the options of a build. @throws {ArgumentError} one is unknown or invalid */
export function checkBuildOptions(options: BuildOptions | undefined): BuildOptions {
  const checked = checkOptions(options, RULES, { where: "build", equivalents: EQUIVALENTS });
  const fail = (problem: string): never => {
    throw new ArgumentError(`build: ${problem}`);
  };
  const { dockerfile } = checked;
  if (tagsOf(checked).includes("")) fail("`tags` has an empty name; use name[:tag]");
  if (typeof dockerfile === "string" && dockerfile.includes("\n")) {
    fail("the option dockerfile is a path, not the Dockerfile itself; pass the text as dockerfile: { text }");
  }
  return checked;
}

/** The names of the image. */
export const tagsOf = ({ tags }: Pick<BuildOptions, "tags">): string[] =>
  tags === undefined ? [] : [tags].flat();

/** A copy of the option `ulimits`. @throws {ArgumentError} a limit is incomplete; the Engine would take the missing part for 0 */
export function checkUlimits(ulimits: BuildOptions["ulimits"]): Ulimit[] | undefined {
  const fail = (problem: string): never => {
    throw new ArgumentError(`build: the option ulimits ${problem}`);
  };
  return ulimits?.map((limit: unknown) => {
    if (!isObject(limit)) return fail(`must have objects such as ${ULIMIT}, not ${describe(limit)}`);
    const { Name, Soft, Hard } = knownMembers(limit, ["Name", "Soft", "Hard"], fail);
    if (typeof Name !== "string" || Name === "")
      fail(`must have a Name such as "nofile", not ${describe(Name)}`);
    for (const [name, value] of Object.entries({ Soft, Hard })) {
      if (!Number.isSafeInteger(value)) fail(`must have an integer as ${name}, not ${describe(value)}`);
    }
    return { Name, Soft, Hard } as Ulimit;
  });
}

/** Reads an option that is an object with the named members, and refuses any others. */
export function knownMembers(
  value: unknown,
  names: readonly string[],
  fail: (problem: string) => never,
): Record<string, unknown> {
  const members = readMembers(value, names, fail);
  const unknown = Object.keys(members).find((name) => !names.includes(name));
  if (unknown === undefined) return members;
  return fail(`has an unknown member ${describe(unknown)}. Known members: ${names.join(", ")}`);
}

/** Names of the options in use that only one builder has. */
export const optionsOf = (options: BuildOptions, rules: object): string[] =>
  Object.keys(rules).filter((name) => name in options);

/**
 * Reads an option that is an object with names of the caller's choice.
 *
 * @param must follows "must be" for each value; values are not shown
 */
export function valuesOf<T>(
  value: Readonly<Record<string, T>> | undefined,
  option: string,
  must: string,
  check: (value: unknown) => boolean,
): Record<string, T> {
  const fail = (problem: string): never => {
    throw new ArgumentError(`build: the option ${option} ${problem}`);
  };
  const members = value === undefined ? {} : readMembers(value, [], fail);
  for (const [name, member] of Object.entries(members)) {
    if (name === "") fail("has an empty name");
    if (member === undefined) delete members[name];
    else if (!check(member)) fail(`must have ${must} for ${describe(name)}, not ${kindOf(member)}`);
  }
  return members as Record<string, T>;
}

/** Whether a value is an object with a text as its only member. */
export const isOnly = (value: unknown, name: string): boolean =>
  isObject(value) && isText(value[name]) && Object.keys(value).every((key) => key === name);

export const isText = rule.text.check;
export const isWritable = rule.writable.check;
