import { Packet, PacketPacketType as Type } from "../../../generated/buildkit/filesync.js";
import type { Metadata } from "../grpc/metadata.js";
import { type Method, streaming } from "../grpc/method.js";
import { Code, GrpcError } from "../grpc/status.js";
import { type Offered, whole } from "./offered.js";

type Send = (packet: Partial<Packet>) => Promise<void>;

/** Files that are read at once. */
const READERS = 4;

/**
 * The sending side of fsutil's protocol: the Engine receives a description of each item, asks by number for the files
 * that it lacks, and says when it has them all.
 *
 * @param offer the items, parents before their contents; may throw a GrpcError
 */
export const diffCopy = (offer: (metadata: Metadata) => Iterable<Offered>): Method =>
  streaming(Packet, Packet, async (packets, send, { metadata }) => {
    const items = offer(metadata);
    try {
      await new Sender(items, send).run(packets);
    } catch (error) {
      const data = Buffer.from((error as Error).message);
      await send({ type: Type.PACKET_ERR, data }).catch(() => undefined);
      throw error;
    }
  });

class Sender {
  readonly #items: Iterable<Offered>;
  readonly #send: Send;
  /** Readers of the items announced so far, by number; undefined for items without content. */
  readonly #readers: Offered["read"][] = [];
  readonly #asked: number[] = [];
  #busy = 0;
  #reject: (error: unknown) => void = () => undefined;

  constructor(items: Iterable<Offered>, send: Send) {
    this.#items = items;
    this.#send = send;
  }

  /** Resolves when the Engine has all that it asked for. */
  run(packets: AsyncIterable<Packet>): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#reject = reject;
      this.#tell().catch(reject);
      this.#answer(packets).then(resolve, reject);
    });
  }

  async #tell(): Promise<void> {
    for (const { stat, read } of this.#items) {
      this.#readers.push(read);
      await this.#send({ type: Type.PACKET_STAT, stat: whole(stat) });
    }
    await this.#send({ type: Type.PACKET_STAT });
  }

  async #answer(packets: AsyncIterable<Packet>): Promise<void> {
    for await (const { type, ID, data } of packets) {
      if (type === Type.PACKET_ERR) throw new GrpcError(Code.UNKNOWN, `the Engine: ${Buffer.from(data)}`);
      if (type === Type.PACKET_REQ) this.#give(ID);
      if (type === Type.PACKET_FIN) return this.#send({ type: Type.PACKET_FIN });
    }
    throw new GrpcError(Code.CANCELLED, "the Engine ended the transfer early");
  }

  #give(id: number): void {
    this.#asked.push(id);
    if (this.#busy < READERS) void this.#work();
  }

  async #work(): Promise<void> {
    this.#busy += 1;
    try {
      for (let id = this.#asked.shift(); id !== undefined; id = this.#asked.shift()) {
        const read = this.#readers[id];
        if (!read) throw new GrpcError(Code.INVALID_ARGUMENT, `the item ${id} has no content`);
        for await (const data of read()) await this.#send({ type: Type.PACKET_DATA, ID: id, data });
        await this.#send({ type: Type.PACKET_DATA, ID: id });
      }
    } catch (error) {
      this.#reject(error);
    }
    this.#busy -= 1;
  }
}
