/** Uses a client, and must then end by itself: exit-child.ts HOST|connect:PATH|stream:PATH|{OPTIONS} IMAGE idle|closed */
import { connect } from "node:net";
import { Docker, type DockerOptions } from "../../src/index.js";
import { noSocket } from "./transports/no-socket.js";

const [host = "", image = "", mode = ""] = process.argv.slice(2);

export interface Left {
  readonly bytes: number;
}

function options(): DockerOptions {
  if (host.startsWith("{")) return JSON.parse(host) as DockerOptions;
  const [, way, path = ""] = /^(connect|stream):(.*)$/.exec(host) ?? [];
  if (way === undefined) return { host };
  return { connect: () => (way === "connect" ? connect(path) : noSocket(path)) };
}

async function use(): Promise<Left> {
  const docker = new Docker(options());
  if (mode === "closed") {
    // Nobody reads these two. The events alone would keep the process alive: the Engine might send more.
    await docker.imageGet(image);
    await docker.systemEvents();
  }
  // A refusal leaves nothing behind, in whatever way it was asked for.
  for (const refused of [
    docker.containerAttach("sdk-test-none").result(),
    docker.containerAttachWebsocket("sdk-test-none").result(),
  ]) {
    if ((await refused).ok) throw new Error("there should be no such container");
  }
  let bytes = 0;
  for await (const chunk of await docker.imageGet(image)) bytes += chunk.length;
  if (mode === "closed") await docker.close();
  return { bytes };
}

void use().then((left) => console.log(JSON.stringify(left)));
