import { statSync } from "node:fs";
import { describeEndpoint, type Endpoint } from "../config/index.js";
import { ConnectionError } from "../errors.js";
import { tlsProblem } from "./tls-problem.js";

/** Explains a failure to reach the Engine, and what to try. */
export function connectionFailure(endpoint: Endpoint, error: NodeJS.ErrnoException): ConnectionError {
  const { code = "", message } = error;
  const advice = tlsProblem(error) ?? adviceFor(endpoint, code);
  // Error codes of Node's HTTP parser begin with HPE_.
  const problem = code.startsWith("HPE_")
    ? code === "HPE_HEADER_OVERFLOW"
      ? "its answer has more than 16 KiB of headers"
      : notHttp
    : (advice ?? `the connection failed (${message || code})`);
  return new ConnectionError(
    `Cannot reach a Docker Engine ${placeOf(endpoint)}: ${withSearch(endpoint, problem)}`,
    { cause: error },
  );
}

/** Adds which sockets were tried, if no setting named the one that failed. */
function withSearch(endpoint: Endpoint, problem: string): string {
  if (endpoint.kind !== "unix" || !endpoint.search) return problem;
  const { found, missing } = endpoint.search;
  const listed = (sockets: typeof found): string =>
    sockets.map(({ path, owner }) => `${path} (${owner})`).join(", ") || "none";
  const choice = found.length > 1 ? " Name another with the host option or DOCKER_HOST." : "";
  return `${problem.replace(/\.?$/, ".")} Sockets found: ${listed(found)}; not found: ${listed(missing)}.${choice}`;
}

/** The Engine's location, worded to follow "Docker Engine". */
export const placeOf = (endpoint: Endpoint): string =>
  endpoint.kind === "connect" ? "through the option connect" : `at ${describeEndpoint(endpoint)}`;

function adviceFor(endpoint: Endpoint, code: string): string | undefined {
  const own = ownAdvice[code];
  if (own !== undefined) return own;
  if (endpoint.kind === "npipe") return pipeAdvice[code] ?? socketAdvice[code];
  // Linux refuses a connection to a file or folder just like one to a socket without a listener.
  if (endpoint.kind === "unix" && code === "ECONNREFUSED" && !isSocket(endpoint.socketPath))
    return socketAdvice.ENOTSOCK;
  if (endpoint.kind !== "tcp") return socketAdvice[code];
  const { tls } = endpoint;
  const advice = tcpAdvice[code];
  // If it hangs up while a body is being sent, its alert about a missing certificate is lost.
  return advice === closedEarly && tls && !tls.cert ? `${advice} ${maybeCertificate}` : advice;
}

const isSocket = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isSocket() !== false;

const notHttp = "what listens there does not speak HTTP. Check the address and port.";

const closedEarly =
  "it closed the connection before it answered. Look at its log, and check that a Docker Engine listens there.";

const maybeCertificate =
  "If it wants a client certificate, give one (tls.cert and tls.key, or cert.pem and key.pem in DOCKER_CERT_PATH).";

/** Local problems, wherever the Engine is. */
const ownAdvice: Readonly<Record<string, string>> = {
  EMFILE:
    "this process has too many files and connections open (EMFILE). Make fewer calls at once, or raise its limit " +
    "(ulimit -n).",
  ENFILE: "this machine has too many files open (ENFILE). Close some, or raise its limit (fs.file-max).",
};

const socketAdvice: Readonly<Record<string, string>> = {
  ENOENT:
    "there is no such socket. Start Docker, or name another address with the host option or DOCKER_HOST " +
    "(rootless Docker: unix://$XDG_RUNTIME_DIR/docker.sock).",
  ECONNREFUSED: "the socket exists but nothing listens on it. Start Docker (systemctl start docker).",
  EACCES:
    "permission denied. Add your user to the docker group (usermod -aG docker $USER, then log in again), " +
    "or use rootless Docker.",
  EPERM: "the operating system does not permit it. Check the sandbox or container this process runs in.",
  ENOTSOCK:
    "the path exists but is not a socket. Name the Engine's socket with the host option or DOCKER_HOST.",
  ENOTDIR: "part of the path is not a folder. Name the Engine's socket with the host option or DOCKER_HOST.",
  ECONNRESET: closedEarly,
  EPIPE: closedEarly,
};

const pipeAccess =
  "access is denied. Add your user to the group docker-users, or run this as an administrator.";

const pipeAdvice: Readonly<Record<string, string>> = {
  ENOENT:
    "there is no such pipe. Start Docker Desktop or the service docker, or name another pipe with the host option or " +
    "DOCKER_HOST (docker context ls shows it).",
  EACCES: pipeAccess,
  EPERM: pipeAccess,
};

const tcpAdvice: Readonly<Record<string, string>> = {
  ECONNREFUSED:
    "nothing listens on that port. Check host and port, and that the Engine was started with -H tcp://….",
  ENOTFOUND: "the host name is unknown. Check its spelling and the DNS.",
  EAI_AGAIN: "the host name cannot be resolved at the moment. Check the network and the DNS.",
  ETIMEDOUT: "the connection timed out. Check the network and firewalls on the way.",
  EHOSTUNREACH: "there is no route to the host. Check the network.",
  ENETUNREACH: "there is no route to its network. Check the network.",
  ECONNRESET: closedEarly,
  EPIPE: closedEarly,
};
