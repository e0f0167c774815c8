import { Programs } from "./run.mjs";

/** The docker CLI, on a real Engine. */
class DockerCli extends Programs {
  #host;

  constructor(host) {
    super();
    this.#host = host;
  }

  /** Resolves with the number of bytes. */
  async export(image) {
    const save = 'docker --host "$1" save "$2" | wc -c';
    return Number(await this.run("sh", "-c", save, "sh", this.#host, image));
  }

  copyIn = (folder, container) =>
    this.run("docker", "--host", this.#host, "cp", "-q", folder, `${container}:/`);
}

export const connect = ({ host }) => new DockerCli(host);
