/** The version in package.json; `npm run release:version` moves both. */
const packageVersion = "1.0.0";

/** The default User-Agent: the versions of the package and of the API that the client is generated for. */
export const userAgent = (apiVersion: string): string =>
  `docker-engine-sdk/${packageVersion} (api ${apiVersion})`;
