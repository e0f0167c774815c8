// Stands in for testcontainers/ryuk: deletes what has the labels that were sent, once nobody is connected any more.
const { request } = require("node:http");
const { createServer } = require("node:net");

const timeoutMs = 1000 * Number.parseInt(process.env.RYUK_RECONNECTION_TIMEOUT ?? "10s", 10);
const filters = new Set();
let connections = 0;
let end = setTimeout(reap, 60_000);

function call(method, path) {
  return new Promise((resolve, reject) => {
    request({ socketPath: "/var/run/docker.sock", method, path }, (response) => {
      let text = "";
      response.on("data", (data) => {
        text += data;
      });
      response.on("end", () => resolve(response.statusCode === 200 ? JSON.parse(text) : undefined));
    })
      .on("error", reject)
      .end();
  });
}

async function reap() {
  for (const filter of filters) {
    const label = new URLSearchParams(filter).getAll("label");
    const query = `filters=${encodeURIComponent(JSON.stringify({ label }))}`;
    for (const { Id } of await call("GET", `/containers/json?all=1&${query}`))
      await call("DELETE", `/containers/${Id}?force=1&v=1`);
    for (const { Id } of await call("GET", `/networks?${query}`)) await call("DELETE", `/networks/${Id}`);
    for (const { Name } of (await call("GET", `/volumes?${query}`)).Volumes ?? [])
      await call("DELETE", `/volumes/${Name}?force=1`);
    for (const { Id } of await call("GET", `/images/json?${query}`))
      await call("DELETE", `/images/${Id}?force=1`);
  }
  process.exit(0);
}

createServer((socket) => {
  connections++;
  clearTimeout(end);
  let pending = "";
  socket.setEncoding("utf8").on("data", (text) => {
    const lines = (pending + text).split("\n");
    pending = lines.pop();
    for (const line of lines) {
      filters.add(line);
      socket.write("ACK\n");
    }
  });
  socket.on("error", () => undefined);
  socket.on("close", () => {
    if (--connections === 0) end = setTimeout(reap, timeoutMs);
  });
}).listen(8080, () => console.log("Started"));
