import {
  type ConfigInput,
  type LoginSettings,
  readLoginSettings,
  type StoredLogin,
} from "../config/index.js";
import { ConfigError } from "../errors.js";
import { quote } from "../quote.js";
import type { changeConfigFile } from "./config-file.js";
import { eraseLogin, getLogin, type Helper, storeLogin } from "./helper.js";
import type { Login, LoginStore } from "./login.js";
import { bareHost, hostOf, serverAddressOf } from "./registry-host.js";

/** The user name by which helpers know an identity token. */
const TOKEN_USER = "<token>";

/** The logins of this machine, found and stored like the docker CLI does. Its configuration is read anew each time. */
export class StoredLogins implements LoginStore {
  readonly #input: () => ConfigInput;

  constructor(input: () => ConfigInput) {
    this.#input = input;
  }

  /**
   * The first of these decides:
   * 1. DOCKER_AUTH_CONFIG, if it has the registry;
   * 2. the helper that `credHelpers` names for the registry; an empty name skips 3;
   * 3. the helper that `credsStore` names, or the platform's if nothing at all is configured;
   * 4. `auths`, also by host alone.
   */
  async find(registry: string, signal?: AbortSignal): Promise<Login | undefined> {
    const input = this.#input();
    const settings = readLoginSettings(input);
    const address = serverAddressOf(hostOf(registry));
    const set = settings.environment.get(address);
    if (set) return { ...set, serveraddress: address };
    const helper = helperOf(settings, input, address);
    if (!helper) return storedLogin(settings, address);
    const found = await getLogin(helper, address, signal);
    if (!found) return undefined;
    const { username, secret } = found;
    return username === TOKEN_USER
      ? { identitytoken: secret, serveraddress: address }
      : { username, password: secret, serveraddress: address };
  }

  configuredHosts(): readonly string[] {
    const { environment, auths, credHelpers } = readLoginSettings(this.#input());
    return [...new Set([...environment.keys(), ...credHelpers.keys(), ...auths.keys()].map(hostOf))];
  }

  async store({ serveraddress: address, ...login }: Login, signal?: AbortSignal): Promise<string> {
    const { settings, input } = this.#changeable(address);
    const helper = helperOf(settings, input, address);
    const { username = "", password = "", identitytoken } = login;
    if (helper) {
      const kept = identitytoken
        ? { username: TOKEN_USER, secret: identitytoken }
        : { username, secret: password };
      await storeLogin(helper, address, kept, signal);
    }
    const auth = username === "" ? undefined : Buffer.from(`${username}:${password}`).toString("base64");
    // The entry says that there is a login, wherever it is.
    const entry = helper ? {} : { auth, identitytoken };
    await changed(input, ({ auths, ...content }) => ({
      ...content,
      auths: { ...(auths ?? {}), [address]: entry },
      // So that a helper found by looking for it is found again, now that there is an entry.
      ...(helper?.isDefault && { credsStore: helper.name }),
    }));
    return helper ? `docker-credential-${helper.name}` : settings.file;
  }

  async erase(registry: string, signal?: AbortSignal): Promise<void> {
    const host = hostOf(registry);
    const address = serverAddressOf(host);
    const { settings, input } = this.#changeable(address);
    const stored = [...settings.auths.keys()].filter((key) => isOf(key, address));
    for (const key of new Set([address, ...stored])) {
      const helper = helperOf(settings, input, key);
      if (helper) await eraseLogin(helper, key, signal);
    }
    if (stored.length === 0) return;
    await changed(input, (content) => ({
      ...content,
      auths: Object.fromEntries(Object.entries(content.auths ?? {}).filter(([key]) => !stored.includes(key))),
    }));
  }

  /** The settings, if changing stored logins has an effect. */
  #changeable(address: string): { settings: LoginSettings; input: ConfigInput } {
    const input = this.#input();
    const settings = readLoginSettings(input);
    if (!settings.environment.has(address)) return { settings, input };
    throw new ConfigError(
      `DOCKER_AUTH_CONFIG has a login for ${quote(address)}, which takes precedence over stored ones. ` +
        "Remove it from the variable, or unset that, to log in or out.",
    );
  }
}

/** Changes config.json. Few programs log in, so the code for it is loaded by those that do. */
const changed: typeof changeConfigFile = async (...change) =>
  (await import("./config-file.js")).changeConfigFile(...change);

/** The helper for a registry. */
function helperOf(settings: LoginSettings, { env }: ConfigInput, address: string): Helper | undefined {
  const { credHelpers, credsStore, defaultHelper, file } = settings;
  const own = credHelpers.get(address);
  const named = own ?? credsStore;
  const setting = own === undefined ? "credsStore" : `credHelpers[${quote(address)}]`;
  if (named) return { name: named, source: `${setting} of ${file}`, isDefault: false, env };
  return defaultHelper
    ? { name: defaultHelper, source: "the platform, because nothing is configured", isDefault: true, env }
    : undefined;
}

function storedLogin({ auths }: LoginSettings, address: string): Login | undefined {
  const key = auths.has(address) ? address : [...auths.keys()].find((each) => isOf(each, address));
  const login: StoredLogin | undefined = key === undefined ? undefined : auths.get(key);
  if (key === undefined || login === undefined || Object.keys(login).length === 0) return undefined;
  return { ...login, serveraddress: key };
}

/** Whether an entry is a registry's. Docker Hub's has one form only, as in the CLI. */
const isOf = (key: string, address: string): boolean => key === address || bareHost(key) === address;
