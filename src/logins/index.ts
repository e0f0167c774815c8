/**
 * Logins for registries, found and stored like the docker CLI does; other folders may ask for logins and store them, and
 * need not know where they are kept.
 */

export { GivenLogins, withServerAddress } from "./given-logins.js";
export type { Login, LoginStore, Logins } from "./login.js";
export { HUB, hostOf, registryOf, serverAddressOf } from "./registry-host.js";
export { StoredLogins } from "./stored-logins.js";
