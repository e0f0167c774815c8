import { Duplex } from "node:stream";
import { isOverheard } from "../transport/index.js";

/**
 * The connection in a form that node:http2 can take over. It reads the system's socket instead of the stream, so bytes
 * that came with the answer would be lost (on Bun, always), and nobody could observe them. Without such bytes or
 * observers, the socket itself is much faster.
 */
export const onDuplex = (connection: Duplex): Duplex =>
  connection.readableLength > 0 || isOverheard(connection) || process.versions.bun
    ? wrapped(connection)
    : connection;

function wrapped(connection: Duplex): Duplex {
  const outer = new Duplex({
    read: () => void connection.resume(),
    write: (chunk, _encoding, done) => void connection.write(chunk, (error) => done(error ?? null)),
    final: (done) => void connection.end(done),
    destroy: (error, done) => {
      connection.destroy();
      done(error);
    },
  });
  connection.on("data", (chunk: Buffer) => {
    if (!outer.push(chunk)) connection.pause();
  });
  connection.on("end", () => outer.push(null));
  connection.on("error", (error) => outer.destroy(error));
  connection.on("close", () => outer.destroy());
  return outer;
}
