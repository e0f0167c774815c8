import { ConnectionError, Docker, TimeoutError } from "../../../src/index.js";
import { outcomes } from "../../helpers/outcomes.js";
import { anyEngine, failureOf } from "../engine.js";
import { silence } from "./forward.js";
import { type Sshd, type SshHost, startSshd } from "./sshd.js";
import { haveCommands } from "./transports.js";

const socket = anyEngine.host.replace("unix://", "");

test("the commands are looked for", () => {
  expect(haveCommands("sh")).toBe(true);
});

if (haveCommands("ssh", "sshd", "docker")) {
  describe("ssh, through the system's own", () => {
    let sshd: Sshd;
    beforeAll(async () => {
      sshd = await startSshd(socket);
    });
    afterAll(() => sshd[Symbol.asyncDispose]());

    test.each<{ host: SshHost; what: string; says: string[] }>([
      {
        host: "unknown-key",
        what: "an unknown host key",
        says: ["Host key verification failed. Check that `ssh`"],
      },
      { host: "wrong-key", what: "a key that is not accepted", says: ["Permission denied (publickey)"] },
      {
        host: "no-docker",
        what: "no docker on the other side",
        says: ["the command docker is not installed there", "not found. Check"],
      },
      { host: "nobody", what: "no sshd", says: ["port 1: Connection refused"] },
    ])("$what is a ConnectionError with what ssh says", async ({ host, says }) => {
      await using docker = new Docker({ host: sshd.host(host) });
      const calls = [
        docker.containerList(),
        docker.containerAttach("web"),
        docker.containerAttachWebsocket("web"),
      ];
      for (const result of await outcomes(calls)) {
        expect(result.error).toBeInstanceOf(ConnectionError);
        expect(result.error?.message).toContain(`at ssh://${host}: `);
        for (const words of says) expect(result.error?.message).toContain(words);
      }
    });

    test("no Engine on the other side is a ConnectionError with what docker says", async () => {
      await using docker = new Docker({ host: `${sshd.host("engine")}/nowhere/docker.sock` });
      const { error } = failureOf(await docker.containerList().result());
      expect(error).toBeInstanceOf(ConnectionError);
      expect(error.message).toMatch(/\/nowhere\/docker\.sock/);
    });

    test("a machine that says nothing is a TimeoutError that names it", async () => {
      await using listener = await silence();
      const host = `ssh://me@127.0.0.1:${listener.port}`;
      await using docker = new Docker({ host, connectTimeout: 300 });
      const { error } = failureOf(await docker.containerList().result());
      expect(error).toBeInstanceOf(TimeoutError);
      expect(error.message).toContain(`${host} within 300 ms`);
    });

    test("nine exports that nobody reads leave the tenth call waiting, not for ever", async () => {
      await using docker = new Docker({ host: sshd.host("engine"), connectTimeout: 5000 });
      const unread = [];
      for (let i = 0; i < 9; i += 1) unread.push(await docker.systemEvents());
      expect(failureOf(await docker.containerList().result()).error.message).toContain(
        "All 9 connections over ssh are busy",
      );
      unread[0]?.cancel();
      expect(await docker.containerList().result()).toMatchObject({ ok: true });
    });
  });
}
