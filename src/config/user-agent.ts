/** The version in package.json; `npm run release:version` moves both. */
const packageVersion = "1.0.0";

/** The default User-Agent: the package's version, and that of the API whose types and paths the client has. */
export const userAgent = (apiVersion: string): string =>
  `docker-engine-sdk/${packageVersion} (api ${apiVersion})`;
