import { Programs } from "./run.mjs";

/** tar, through a pipe: what it costs to read a folder, with nobody to send it to. */
class Tar extends Programs {
  isLocal = true;

  #pack = (folder) => this.run("sh", "-c", 'tar -c -C "$1" . | cat >/dev/null', "sh", folder);
  build = this.#pack;
  copyIn = this.#pack;
}

export const connect = () => new Tar();
