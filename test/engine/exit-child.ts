/** Uses a client, and must then end by itself: exit-child.ts HOST IMAGE idle|closed */
import { Docker } from "../../src/index.js";

const [host = "", image = "", mode = ""] = process.argv.slice(2);

export interface Left {
  readonly bytes: number;
}

async function use(): Promise<Left> {
  const docker = new Docker({ host });
  if (mode === "closed") {
    // Nobody reads these two. The events alone would keep the process alive: the Engine might send more.
    await docker.imageGet(image).unwrap();
    await docker.systemEvents().unwrap();
  }
  let bytes = 0;
  for await (const chunk of await docker.imageGet(image).unwrap()) bytes += chunk.length;
  if (mode === "closed") await docker.close();
  return { bytes };
}

use().then((left) => console.log(JSON.stringify(left)));
