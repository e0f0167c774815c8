/** Uses a client, and must then end by itself: exit-child.ts HOST IMAGE idle|unread */
import { Docker } from "../../src/index.js";

const [host = "", image = "", mode = ""] = process.argv.slice(2);

export interface Left {
  readonly bytes: number;
}

async function use(): Promise<Left> {
  const docker = new Docker({ host });
  // With "unread", a stream that nobody reads is left open and the client is closed; with "idle", neither.
  if (mode === "unread") await docker.imageGet(image).unwrap();
  let bytes = 0;
  for await (const chunk of await docker.imageGet(image).unwrap()) bytes += chunk.length;
  if (mode === "unread") await docker.close();
  return { bytes };
}

use().then((left) => console.log(JSON.stringify(left)));
