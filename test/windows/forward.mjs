/** Makes the Engine's socket, the first argument, a port of the loopback, which it prints. Wine has no Unix sockets. */
import { connect, createServer } from "node:net";

const server = createServer({ allowHalfOpen: true }, (client) => {
  const engine = connect({ path: process.argv[2], allowHalfOpen: true });
  for (const [from, to] of [
    [client, engine],
    [engine, client],
  ]) {
    from.pipe(to);
    from.on("error", () => to.destroy());
    from.on("close", () => to.destroy());
  }
});
server.listen(0, "127.0.0.1", () => console.log(server.address().port));
