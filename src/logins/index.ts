/**
 * Logins for registries, found and stored as the docker CLI does it; other folders may ask for one and store one, and
 * need not know where they are.
 */

export { GivenLogins, withServerAddress } from "./given-logins.js";
export type { Login, LoginStore, Logins } from "./login.js";
export { HUB, hostOf, registryOf, serverAddressOf } from "./registry-host.js";
export { StoredLogins } from "./stored-logins.js";
