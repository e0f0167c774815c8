import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { WebSocket } from "ws";

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: Readonly<Record<string, unknown>>;
  readonly result: Record<string, unknown>;
  readonly error?: { readonly message: string };
}

/** Neither first-run pages nor requests of the browser's own. */
const FLAGS = [
  ...["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"],
  ...["--disable-background-networking", "--disable-component-update", "--remote-debugging-port=0"],
];

/** Opens a page in headless Chromium, whose profile goes into an empty folder, and ends it with all its helpers. */
export async function inChromium(
  program: string,
  profile: string,
  use: (page: ChromiumPage) => Promise<void>,
): Promise<void> {
  const browser = spawn(program, [...FLAGS, `--user-data-dir=${profile}`, "about:blank"], {
    stdio: ["ignore", "ignore", "pipe"],
    // A group of its own, which is killed with all its helpers.
    detached: true,
  });
  try {
    await use(await ChromiumPage.of(browser));
  } finally {
    process.kill(-(browser.pid as number), "SIGKILL");
    await once(browser, "close");
  }
}

/** A page of a browser, by its DevTools protocol. */
export class ChromiumPage {
  readonly #socket: WebSocket;
  readonly #session: string;
  #id = 0;

  private constructor(socket: WebSocket, session: string) {
    this.#socket = socket;
    this.#session = session;
  }

  static async of(browser: ChildProcess): Promise<ChromiumPage> {
    for await (const line of createInterface(browser.stderr as NodeJS.ReadableStream)) {
      const url = /DevTools listening on (ws:.*)/.exec(line)?.[1];
      if (!url) continue;
      const socket = new WebSocket(url);
      await once(socket, "open");
      const all = new ChromiumPage(socket, "");
      const { targetId } = await all.do("Target.createTarget", { url: "about:blank" });
      const { sessionId } = await all.do("Target.attachToTarget", { targetId, flatten: true });
      return new ChromiumPage(socket, String(sessionId));
    }
    throw new Error("the browser does not start");
  }

  async do(method: string, params: object = {}): Promise<Record<string, unknown>> {
    this.#id += 1;
    const id = this.#id + (this.#session ? 1000 : 0);
    this.#socket.send(JSON.stringify({ id, method, params, sessionId: this.#session || undefined }));
    return new Promise((resolve, reject) => {
      const hear = (data: Buffer): void => {
        const answer = JSON.parse(String(data)) as Message;
        if (answer.id !== id) return;
        this.#socket.off("message", hear);
        if (answer.error) reject(new Error(`${method}: ${answer.error.message}`));
        else resolve(answer.result);
      };
      this.#socket.on("message", hear);
    });
  }

  /** Calls a function with each event of a kind, whose domain must be enabled. */
  on(event: string, listen: (params: Readonly<Record<string, unknown>>) => void): void {
    this.#socket.on("message", (data: Buffer) => {
      const { method, params = {} } = JSON.parse(String(data)) as Message;
      if (method === event) listen(params);
    });
  }

  async evaluate(expression: string): Promise<string> {
    const { result } = await this.do("Runtime.evaluate", { expression });
    return String((result as { value?: unknown }).value);
  }

  async resize(width: number, height: number): Promise<void> {
    await this.do("Emulation.setDeviceMetricsOverride", {
      width,
      height,
      deviceScaleFactor: 1,
      mobile: false,
    });
  }

  async type(text: string): Promise<void> {
    for (const key of text) {
      const enter = key === "\r" ? { key: "Enter", windowsVirtualKeyCode: 13 } : { key };
      await this.do("Input.dispatchKeyEvent", { type: "keyDown", text: key, ...enter });
      await this.do("Input.dispatchKeyEvent", { type: "keyUp", ...enter });
    }
  }
}
