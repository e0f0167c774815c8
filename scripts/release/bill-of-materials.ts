/** The SBOM of what npm installs, and of what dist/ holds a part of, in the words of CycloneDX. */

/** A bundled package: its name, version and SPDX license. */
export interface Bundled {
  readonly name: string;
  readonly version: string;
  readonly license: string;
}

interface Component {
  readonly "bom-ref": string;
  readonly name: string;
  readonly [field: string]: unknown;
}

interface Dependency {
  readonly ref: string;
  readonly dependsOn?: readonly string[];
}

/** What `npm sbom` prints, as far as it matters here. */
export interface Bill {
  readonly metadata: { readonly component: Component; readonly [field: string]: unknown };
  readonly components: readonly Component[];
  readonly dependencies: readonly Dependency[];
  readonly [field: string]: unknown;
}

/** Adds what npm does not know: the bundled packages, and the package's own name, for which npm takes that of its folder. */
export function completed(bill: Bill, name: string, bundled: readonly Bundled[]): Bill {
  const { metadata, components, dependencies } = bill;
  const added = bundled.map(componentOf);
  const own = metadata.component["bom-ref"];
  return {
    ...bill,
    metadata: { ...metadata, component: { ...metadata.component, name } },
    components: [...components, ...added],
    dependencies: [
      ...dependencies.map((dependency) =>
        dependency.ref === own
          ? {
              ...dependency,
              dependsOn: [...(dependency.dependsOn ?? []), ...added.map((one) => one["bom-ref"])],
            }
          : dependency,
      ),
      ...added.map((one) => ({ ref: one["bom-ref"], dependsOn: [] })),
    ],
  };
}

const componentOf = ({ name, version, license }: Bundled): Component => ({
  "bom-ref": `${name}@${version}`,
  type: "library",
  name,
  version,
  scope: "required",
  purl: `pkg:npm/${name.replace("@", "%40")}@${version}`,
  licenses: [licenseOf(license)],
  properties: [{ name: "cdx:npm:package:bundled", value: "true" }],
});

/** An SPDX expression, or a single license. */
const licenseOf = (license: string): object =>
  /[ (]/.test(license) ? { expression: license } : { license: { id: license } };

/** Reads the packages that dist/THIRD-PARTY-LICENSES names. */
export function bundledIn(notices: string): Bundled[] {
  const lines = notices.matchAll(/^(\S+) (\d\S*), (.+): part of it is in .*\.$/gm);
  return [...lines].map(([, name = "", version = "", license = ""]) => ({ name, version, license }));
}
