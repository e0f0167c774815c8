import { isVersionFolder } from "../offered-versions.js";

/** Entries that are there once, for all versions. */
const SHARED: readonly string[] = ["./package.json", "./progress"];

/** The parts of package.json that depend on the API versions of the package. */
interface PackageJson {
  readonly types: string;
  readonly imports: { readonly "#generated/*.js": Readonly<Record<string, string>> };
  readonly exports: Readonly<Record<string, unknown>>;
  readonly typesVersions: { readonly "*": Readonly<Record<string, readonly string[]>> };
  readonly files: readonly string[];
}

/**
 * The text of package.json with entries for exactly the given versions, modelled on "." and "./testing". In `imports`, a
 * condition selects the version whose generated files the sources see.
 */
export function withVersions(text: string, versions: readonly string[]): string {
  const packageJson = JSON.parse(text) as PackageJson;
  const own = Object.entries(packageJson.exports).filter(([key]) => !ofVersion(key));
  const offered = own.filter(([key]) => !SHARED.includes(key));
  const last = own.filter(([key]) => SHARED.includes(key));
  const types = Object.entries(packageJson.typesVersions["*"]).filter(([key]) => !ofVersion(key));
  const files = packageJson.files.filter((file) => !ofVersion(file));
  const { default: ownSources = "" } = packageJson.imports["#generated/*.js"];
  const documents = versions.map((api) => `generated/v${api}/openapi.json`);
  const updated = {
    ...packageJson,
    imports: {
      ...packageJson.imports,
      "#generated/*.js": {
        ...Object.fromEntries(versions.map((api) => [`docker-api-v${api}`, moved(ownSources, api)])),
        default: ownSources,
      },
    },
    exports: Object.fromEntries([
      ...offered,
      ...versions.flatMap((api) => offered.map(([key, target]) => [entryOf(key, api), moved(target, api)])),
      ...last,
    ]),
    typesVersions: {
      "*": Object.fromEntries([
        ...types,
        ...versions.flatMap((api) => [
          [`v${api}`, [moved(packageJson.types, api)]],
          ...types
            .filter(([key]) => !SHARED.includes(`./${key}`))
            .map(([key, target]) => [`v${api}/${key}`, moved(target, api)]),
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

/** The same target in a version's files. */
function moved(target: unknown, api: string): unknown {
  if (typeof target === "string") return target.replace(/^\.\/(dist|generated)\//, `./$1/v${api}/`);
  if (Array.isArray(target)) return target.map((item) => moved(item, api));
  return Object.fromEntries(Object.entries(target as object).map(([key, value]) => [key, moved(value, api)]));
}
