import { createServer, type Server } from "node:net";
import { join } from "node:path";
import {
  BytesMessage,
  CheckAgentRequest,
  CheckAgentResponse,
} from "../../../../generated/buildkit/session.js";
import { Code } from "../../../../src/buildkit/grpc/status.js";
import { agentMessages } from "../../../../src/buildkit/services/agent-messages.js";
import { sshAgent } from "../../../../src/buildkit/services/ssh-agent.js";
import { ArgumentError } from "../../../../src/index.js";
import { ended, framed } from "../../../helpers/grpc-client.js";
import { type GrpcSession, grpcSession } from "../../../helpers/grpc-session.js";
import { useTemporaryFolder } from "../../../helpers/temporary-folder.js";

let path: string;
let agent: Server;
/** What reached the agent, a type per request. */
let reached: number[];

useTemporaryFolder((folder) => {
  path = join(folder, "agent");
});
beforeEach(async () => {
  reached = [];
  // It answers each request with its type and 100.
  agent = createServer(async (socket) => {
    socket.on("error", () => undefined);
    for await (const request of agentMessages(socket)) {
      reached.push(request[4] as number);
      socket.write(message(100, request[4] as number));
    }
  });
  await new Promise<void>((resolve) => agent.listen(path, resolve));
});
afterEach(() => new Promise((resolve) => agent.close(resolve)));

/** A message of the agent's protocol. */
const message = (...content: number[]): Buffer => Buffer.from([0, 0, 0, content.length, ...content]);

const LIST = message(11);
const SIGN = message(13, 1, 2, 3);
const REMOVE_ALL = message(19);
const LOCK = message(22, 0, 0, 0, 0);
const REFUSED = message(5);

const forward = async ({ engine }: GrpcSession, pieces: Buffer[], id = "default", answers = 1) => {
  const stream = engine.open("/moby.sshforward.v1.SSH/ForwardAgent", { "buildkit.ssh.id": id });
  for (const data of pieces) stream.write(framed(BytesMessage.encode({ data })));
  let seen = 0;
  const { messages, ...status } = await ended(stream, BytesMessage, () => {
    seen += 1;
    if (seen === answers) stream.end();
  });
  return { answers: messages.map(({ data }) => Buffer.from(data)), ...status };
};

const agents = () => sshAgent(new Map([["default", path]]));

test.each([
  { what: "one by one", pieces: [LIST, SIGN] },
  { what: "glued", pieces: [Buffer.concat([LIST, SIGN])] },
  { what: "byte by byte", pieces: Array.from(Buffer.concat([LIST, SIGN]), (byte) => Buffer.from([byte])) },
])("requests reach the agent that arrive $what", async ({ pieces }) => {
  await using session = grpcSession(agents());
  const { answers, status } = await forward(session, pieces, "default", 2);
  expect([answers, status]).toEqual([[message(100, 11), message(100, 13)], Code.OK]);
  expect(reached).toEqual([11, 13]);
});

test("requests that change the agent are refused, and their answers keep their place", async () => {
  await using session = grpcSession(agents());
  const glued = Buffer.concat([LIST, REMOVE_ALL, LOCK, message(), LIST]);
  const { answers } = await forward(session, [glued.subarray(0, 7), glued.subarray(7)], "default", 5);
  expect(answers).toEqual([message(100, 11), REFUSED, REFUSED, REFUSED, message(100, 11)]);
  expect(reached).toEqual([11, 11]);
});

test("an agent without a name is the default one", async () => {
  await using session = grpcSession(agents());
  const check = (ID: string) =>
    session.engine.unary("/moby.sshforward.v1.SSH/CheckAgent", CheckAgentRequest, { ID }, CheckAgentResponse);
  expect(await check("")).toMatchObject({ status: Code.OK });
  expect(await check("default")).toMatchObject({ status: Code.OK });
  expect(await check("other")).toMatchObject({
    status: Code.NOT_FOUND,
    message: "no SSH agent has the ID other",
  });
  expect(session.failures).toEqual([]);
});

test("an agent that is gone ends the build with the reason", async () => {
  await using session = grpcSession(sshAgent(new Map([["default", `${path}.gone`]])));
  const { status } = await forward(session, [LIST]);
  expect(status).toBe(Code.INTERNAL);
  expect(session.failures).toEqual([expect.any(ArgumentError)]);
  expect((session.failures[0] as Error).message).toContain(`cannot connect to the SSH agent at ${path}.gone`);
});

test("an agent that hangs up ends the call", async () => {
  agent.removeAllListeners("connection");
  agent.on("connection", (socket) => socket.destroy());
  await using session = grpcSession(agents());
  const { answers } = await forward(session, [LIST]);
  expect(answers).toEqual([]);
});

test("a message that no agent takes is refused", async () => {
  const long = (async function* () {
    yield Buffer.from([0xff, 0xff, 0xff, 0xff]);
  })();
  await expect(agentMessages(long).next()).rejects.toThrow("too long for an SSH agent");
});
