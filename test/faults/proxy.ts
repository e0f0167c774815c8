import { connect, createServer, type Socket } from "node:net";
import { listen } from "../helpers/listen.js";
import type { Fault } from "./faults.js";

/** The request header that names the case. */
export const CASE_HEADER = "x-fault-case";

const CASE = new RegExp(`^${CASE_HEADER}: (.+)\r$`, "im");

/** A fault, and before which byte of the answer it strikes. */
export interface ArmedFault {
  readonly fault: Fault;
  readonly at: number;
}

/** Stands between a client and the origin, and lets faults strike the answers to requests that name a case. */
export interface FaultProxy {
  /** By transport, as the option `host` takes it. */
  readonly hosts: { readonly unix: string; readonly tcp: string };
  /** Has a fault strike the first answer to whoever sends the header with this case. */
  arm(armed: ArmedFault): string;
  /** Connections of clients that are open. */
  connections(): number;
  /** Whether the connection is open on which a case's answer did not come whole. */
  isOpen(id: string): boolean;
  close(): Promise<void>;
}

export async function startProxy(originPath: string): Promise<FaultProxy> {
  const armed = new Map<string, ArmedFault>();
  const broken = new Map<string, Socket>();
  let cases = 0;

  const serve = (client: Socket): void => {
    const origin = connect({ path: originPath, allowHalfOpen: true });
    let id: string | undefined;
    let fault: ArmedFault | undefined;
    let asked = Buffer.alloc(0);
    let answered = Buffer.alloc(0);
    let isOver = false;
    client.on("close", () => origin.destroy());
    client.on("error", () => client.destroy());
    origin.on("error", () => client.destroy());
    client.on("data", (chunk) => {
      if (!fault) {
        asked = Buffer.concat([asked, chunk]);
        id = CASE.exec(asked.toString("latin1"))?.[1];
        fault = id === undefined ? undefined : armed.get(id);
        armed.delete(id ?? "");
      }
      origin.write(chunk);
    });
    // A client that has said all may still listen; one that was told that all was said has to close by itself.
    client.on("end", () => (isOver ? client.destroy() : origin.end()));
    origin.on("data", (chunk) => {
      if (isOver) return;
      if (!fault) {
        client.write(chunk);
        return;
      }
      answered = Buffer.concat([answered, chunk]);
      if (answered.length < fault.at) return void client.write(chunk);
      isOver = true;
      // Whoever has gone meanwhile says nothing more that would end it.
      if (client.readableEnded) return void client.destroy();
      if (answered.length > fault.at) broken.set(id ?? "", client);
      const from = answered.length - chunk.length;
      client.write(chunk.subarray(0, fault.at - from));
      fault.fault.strike(client, answered.subarray(fault.at), answered.subarray(0, fault.at));
    });
    origin.on("end", () => isOver || client.end());
  };

  const unix = await listen(createServer({ allowHalfOpen: true }, serve));
  const tcp = await listen(createServer({ allowHalfOpen: true }, serve), "tcp");
  return {
    hosts: { unix: unix.host, tcp: tcp.host },
    arm: (one) => {
      cases += 1;
      armed.set(String(cases), one);
      return String(cases);
    },
    connections: () => unix.connections.size + tcp.connections.size,
    isOpen: (one) => broken.get(one)?.destroyed === false,
    close: async () => {
      await unix.close();
      await tcp.close();
    },
  };
}
