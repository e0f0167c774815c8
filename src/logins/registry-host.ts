/** Docker Hub, as image names have it. */
export const HUB = "docker.io";

/** Docker Hub, as logins have it. */
const HUB_ADDRESS = "https://index.docker.io/v1/";

/** Hosts of Docker Hub: of image names, of logins, and of the registry that BuildKit asks about. */
const HUB_HOSTS: readonly string[] = [HUB, "index.docker.io", "registry-1.docker.io"];

/** A host and port, without the scheme and path that old entries of config.json have. */
export function bareHost(address: string): string {
  return address.replace(/^[a-z][\w+.-]*:\/\//i, "").split("/", 1)[0] ?? "";
}

/** The host of a registry; {@link HUB} for each of the Hub's. */
export function hostOf(address: string): string {
  const host = bareHost(address);
  return HUB_HOSTS.includes(host) ? HUB : host;
}

/** The name of a login's registry, in the login and in storage. */
export const serverAddressOf = (host: string): string => (host === HUB ? HUB_ADDRESS : host);

/** The registry of an image: the part before the first slash if that looks like a host, otherwise Docker Hub. */
export function registryOf(image: string): string {
  const [first = "", ...rest] = image.split("/");
  const isHost = first === "localhost" || /[.:]/.test(first) || first !== first.toLowerCase();
  return rest.length > 0 && isHost ? hostOf(first) : HUB;
}
