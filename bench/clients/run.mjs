import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";

const INTERVAL_MS = 5;

/** Runs programs, and knows the most memory that one of them had. */
export class Programs {
  /** Tells measure.mjs to count the CPU of children. */
  isProcess = true;
  #peak = 0;

  peak = () => this.#peak;
  close = () => undefined;

  /** Resolves with what the program writes. */
  async run(command, ...options) {
    const child = spawn(command, options, { stdio: ["ignore", "pipe", "inherit"] });
    const timer = setInterval(() => this.#look(child.pid), INTERVAL_MS);
    try {
      let output = "";
      child.stdout.on("data", (piece) => {
        output += piece;
      });
      const code = await new Promise((resolve, reject) => child.on("close", resolve).on("error", reject));
      if (code !== 0) throw new Error(`${command} failed with exit code ${code}`);
      return output;
    } finally {
      clearInterval(timer);
    }
  }

  #look(pid) {
    try {
      const [, peak = 0] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
      this.#peak = Math.max(this.#peak, peak / 1024);
    } catch {
      // It has just ended.
    }
  }
}
