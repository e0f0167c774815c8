import { Client, Pool } from "undici";

/** The floor: what HTTP costs at least in Node, without anything of Docker. */
export function connect({ host }) {
  const socketPath = host.replace("unix://", "");
  const pool = new Pool("http://docker", { socketPath });
  const one = new Client("http://docker", { socketPath });
  const json = async (path) => (await pool.request({ method: "GET", path })).body.json();
  return {
    list: () => json("/v1.48/containers/json?all=true"),
    largeList: () => json("/v1.48/containers/json?all=true&limit=10000"),
    async export(mib) {
      let bytes = 0;
      const { body } = await one.request({ method: "GET", path: `/v1.48/images/${mib}/get` });
      await new Promise((resolve, reject) => {
        body.on("data", (piece) => {
          bytes += piece.length;
        });
        body.on("end", resolve).on("error", reject);
      });
      return bytes;
    },
    close: () => Promise.all([pool.close(), one.close()]),
  };
}
