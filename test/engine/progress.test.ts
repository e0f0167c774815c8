/** Progress as it looks on a real terminal: tmux, which says what stands on it. */
import { execFileSync } from "node:child_process";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { widthOf } from "../../src/progress/text.js";
import { containerd, uniqueName, until } from "./engine.js";

const tsx = pathToFileURL(createRequire(join(process.cwd(), "package.json")).resolve("tsx")).href;

const hasTmux = ((): boolean => {
  try {
    return execFileSync("tmux", ["-V"]).length > 0;
  } catch {
    return false;
  }
})();

/** A terminal of its own that runs the child. */
class Screen {
  readonly #socket = uniqueName("tmux");

  constructor(columns: number, rows: number, ...args: string[]) {
    const child = [
      process.execPath,
      "--import",
      tsx,
      join(process.cwd(), "test/engine/progress-child.ts"),
      ...args,
    ];
    const size = ["-x", `${columns}`, "-y", `${rows}`];
    this.#tmux("-f", "/dev/null", "new-session", "-d", ...size, ...child);
  }

  /** The lines that stand on the terminal, without empty ones; with those that have scrolled away, if asked for. */
  lines(...scrolled: string[]): string[] {
    return this.#tmux("capture-pane", "-p", ...scrolled)
      .split("\n")
      .filter((line) => line.trim() !== "");
  }

  async shows(what: RegExp): Promise<string[]> {
    await until(`the terminal shows ${what}`, () => this.lines().some((line) => what.test(line)));
    return this.lines();
  }

  resize(columns: number, rows: number): void {
    this.#tmux("resize-window", "-x", `${columns}`, "-y", `${rows}`);
  }

  enter(): void {
    this.#tmux("send-keys", "Enter");
  }

  close(): void {
    this.#tmux("kill-server");
  }

  #tmux(...args: string[]): string {
    return execFileSync("tmux", ["-L", this.#socket, ...args], {
      encoding: "utf8",
      env: { ...process.env, TERM: "xterm" },
    });
  }
}

if (hasTmux) {
  let screen: Screen;
  afterEach(() => screen.close());

  test("layers have bars; a narrower and a shorter terminal is drawn anew, and nothing is left over", async () => {
    screen = new Screen(80, 12, "layers");
    const first = await screen.shows(/^half: Downloading \[=+> +\] 5MB\/10MB$/);
    expect(screen.lines("-S", "-")[0]).toBe("Pulling from xhostile");
    expect(first.some((line) => /^wide: 日本語日本語 downloading \[=+> +\] 2.5MB\/10MB$/.test(line))).toBe(
      true,
    );
    expect(first.some((line) => /^… and \d+ more$/.test(line))).toBe(true);
    screen.resize(40, 8);
    screen.enter();
    const narrow = await screen.shows(/^half: Downloading \[=+\] 10MB\/10MB$/);
    expect(Math.max(...narrow.map(widthOf))).toBeLessThan(40);
    expect(narrow.filter((line) => line.startsWith("half:"))).toHaveLength(1);
    expect(narrow.filter((line) => line.startsWith("wide:"))).toHaveLength(1);
    screen.resize(80, 12);
    screen.enter();
    const wide = await screen.shows(/^the end$/);
    expect(wide.filter((line) => line.startsWith("half:"))).toEqual(["half: Pull complete"]);
  });

  test("a build shows its steps with times and the output of the one that runs", async () => {
    screen = new Screen(70, 24, "build", containerd.host);
    const running = await screen.shows(/^=> => # second$/);
    expect(running.some((line) => /^=> \[2\/3\] RUN echo first.* \d+\.\ds$/.test(line))).toBe(true);
    const ended = await screen.shows(/^the end$/);
    expect(ended.filter((line) => line.includes("[2/3] RUN"))).toHaveLength(1);
    expect(ended.some((line) => line.includes("=> => # second"))).toBe(false);
    expect(ended.some((line) => /^=> \[3\/3\] RUN echo \$NOTHING +\d+\.\ds$/.test(line))).toBe(true);
  });
} else {
  test("progress on a terminal is not tested: tmux is not installed", () => expect(hasTmux).toBe(false));
}
