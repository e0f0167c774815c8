import { Programs } from "./run.mjs";

class Curl extends Programs {
  #socket;

  constructor(host) {
    super();
    this.#socket = host.replace("unix://", "");
  }

  /** Resolves with the number of bytes. */
  async #get(path, file) {
    const url = `http://docker/v1.48${path}`;
    const options = ["-sS", "--fail", "--unix-socket", this.#socket, "-o", file, "-w", "%{size_download}"];
    return Number(await this.run("curl", ...options, url));
  }

  export = (mib) => this.#get(`/images/${mib}/get`, "/dev/null");
  exportToFile = (mib, file) => this.#get(`/images/${mib}/get`, file);
  logs = (mib) => this.#get(`/containers/${mib}/logs?stdout=true&stderr=true`, "/dev/null");
}

export const connect = ({ host }) => new Curl(host);
