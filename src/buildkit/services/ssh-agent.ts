import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { BytesMessage, CheckAgentRequest, CheckAgentResponse } from "../../../generated/buildkit/session.js";
import { ArgumentError } from "../../errors.js";
import { type Methods, streaming, unary } from "../grpc/method.js";
import { Code, GrpcError } from "../grpc/status.js";
import type { BuildKitSettings } from "../settings.js";
import { agentMessages, isAllowed, REFUSAL } from "./agent-messages.js";

/** The ID of an agent that a Dockerfile does not name. */
const DEFAULT = "default";

/** Lets the steps of a build use the agents' keys, and do nothing else with the agents. */
export function sshAgent(agents: BuildKitSettings["ssh"]): Methods {
  const socketOf = (id: string): string => {
    const path = agents.get(id || DEFAULT);
    if (path === undefined) throw new GrpcError(Code.NOT_FOUND, `no SSH agent has the ID ${id || DEFAULT}`);
    return path;
  };
  const CheckAgent = unary(CheckAgentRequest, CheckAgentResponse, ({ ID }) => {
    socketOf(ID);
    return {};
  });
  const ForwardAgent = streaming(BytesMessage, BytesMessage, async (messages, send, { metadata, signal }) => {
    const path = socketOf(metadata.get("buildkit.ssh.id") ?? "");
    const agent = await connected(path);
    signal.addEventListener("abort", () => agent.destroy(), { once: true });
    const pieces = (async function* () {
      for await (const { data } of messages) yield data;
    })();
    try {
      await relay(agentMessages(pieces), agent, (data) => send({ data }));
    } finally {
      agent.destroy();
    }
  });
  return {
    "/moby.sshforward.v1.SSH/CheckAgent": CheckAgent,
    "/moby.sshforward.v1.SSH/ForwardAgent": ForwardAgent,
  };
}

/** One request at a time, so that a refusal does not overtake an answer. Ends with either side. */
async function relay(
  requests: AsyncIterable<Buffer>,
  agent: Socket,
  send: (answer: Uint8Array) => Promise<void>,
): Promise<void> {
  const answers = agentMessages(agent);
  for await (const request of requests) {
    if (isAllowed(request)) {
      agent.write(request);
      const answer = await answers.next();
      if (answer.done) return;
      await send(answer.value);
    } else {
      await send(REFUSAL);
    }
  }
}

async function connected(path: string): Promise<Socket> {
  const socket = connect({ path });
  try {
    await once(socket, "connect");
  } catch (cause) {
    throw new ArgumentError(
      `build: cannot connect to the SSH agent at ${path}: ${(cause as Error).message}`,
      { cause },
    );
  }
  // Between requests, nobody waits for its error; the next request then gets no answer.
  socket.on("error", () => undefined);
  return socket;
}
