import { isVersionFolder } from "../offered-versions.js";

/** What of package.json follows from the API versions that the package offers. */
interface PackageJson {
  readonly exports: Readonly<Record<string, unknown>>;
  readonly typesVersions: { readonly "*": Readonly<Record<string, readonly string[]>> };
  readonly files: readonly string[];
}

/** The text of package.json with the entries of the given versions, and of no other; "." and "./testing" are the model. */
export function withVersions(text: string, versions: readonly string[]): string {
  const packageJson = JSON.parse(text) as PackageJson;
  const own = Object.entries(packageJson.exports).filter(([key]) => !ofVersion(key));
  const offered = own.filter(([key]) => key !== "./package.json");
  const last = own.filter(([key]) => key === "./package.json");
  const types = Object.entries(packageJson.typesVersions["*"]).filter(([key]) => !ofVersion(key));
  const files = packageJson.files.filter((file) => !ofVersion(file));
  const documents = versions.map((api) => `generated/v${api}/openapi.json`);
  const updated = {
    ...packageJson,
    exports: Object.fromEntries([
      ...offered,
      ...versions.flatMap((api) => offered.map(([key, target]) => [entryOf(key, api), moved(target, api)])),
      ...last,
    ]),
    typesVersions: {
      "*": Object.fromEntries([
        ...types,
        ...versions.flatMap((api) => [
          [`v${api}`, [`./dist/v${api}/cjs/src/index.d.ts`]],
          ...types.map(([key, target]) => [`v${api}/${key}`, moved(target, api)]),
        ]),
      ]),
    },
    files: files.flatMap((file) => (file === "generated/openapi.json" ? [file, ...documents] : [file])),
  };
  return `${JSON.stringify(updated, null, 2)}\n`;
}

const ofVersion = (key: string): boolean => key.split("/").some(isVersionFolder);

const entryOf = (key: string, api: string): string =>
  key === "." ? `./v${api}` : key.replace("./", `./v${api}/`);

/** The same target among the files of a version. */
function moved(target: unknown, api: string): unknown {
  if (typeof target === "string") return target.replace(/^\.\/(dist|generated)\//, `./$1/v${api}/`);
  if (Array.isArray(target)) return target.map((item) => moved(item, api));
  return Object.fromEntries(Object.entries(target as object).map(([key, value]) => [key, moved(value, api)]));
}
