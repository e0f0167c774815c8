import { createWriteStream } from "node:fs";
import { Agent, request } from "node:http";
import { pipeline } from "node:stream/promises";

/** What a careful user of node:http writes by hand. */
export function connect({ host }) {
  const socketPath = host.replace("unix://", "");
  const agent = new Agent({ keepAlive: true });
  const get = (path) =>
    new Promise((resolve, reject) => {
      request({ agent, socketPath, path }, resolve).on("error", reject).end();
    });
  const read = async (path, onData) => {
    const answer = await get(path);
    await new Promise((resolve, reject) => answer.on("data", onData).on("end", resolve).on("error", reject));
  };
  const json = async (path) => {
    const pieces = [];
    await read(path, (piece) => pieces.push(piece));
    return JSON.parse(Buffer.concat(pieces).toString());
  };
  return {
    list: () => json("/v1.48/containers/json?all=true"),
    largeList: () => json("/v1.48/containers/json?all=true&limit=10000"),
    async export(mib) {
      let bytes = 0;
      await read(`/v1.48/images/${mib}/get`, (piece) => {
        bytes += piece.length;
      });
      return bytes;
    },
    exportToFile: async (mib, file) =>
      pipeline(await get(`/v1.48/images/${mib}/get`), createWriteStream(file)),
    close: () => agent.destroy(),
  };
}
