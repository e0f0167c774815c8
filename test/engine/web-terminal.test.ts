import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { Terminal } from "@xterm/headless";
import { WebSocket } from "ws";
import { serveTerminal } from "../../examples/web-terminal/serve-terminal.js";
import { type ChromiumPage, inChromium } from "../helpers/chromium.js";
import { anyEngine, fromEnvironment, until, useEngine } from "./engine.js";

const CTRL_C = "\u0003";

describe("the example of a web terminal", () => {
  const bench = useEngine(anyEngine);
  const { docker } = bench;
  let box: string;
  let address: string;

  beforeAll(async () => {
    box = await bench.container("sh", "-c", "trap 'exit 0' TERM; while true; do sleep 0.1; done");
    await docker.containerStart(box);
    const server = serveTerminal(docker, box);
    await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
    bench.atEnd(async () => server.close());
    address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  });

  async function runs(command: string): Promise<boolean> {
    const { stdout } = await docker.exec(box, ["ps", "-o", "args"]);
    return stdout.split("\n").includes(command);
  }

  /** What a visitor's browser does, without one. */
  async function visit() {
    const terminal = new Terminal({ cols: 80, rows: 24, allowProposedApi: true });
    const socket = new WebSocket(`ws://${address}/terminal`);
    await once(socket, "open");
    terminal.onData((typed) => socket.send(Buffer.from(typed)));
    terminal.onResize(({ cols, rows }) => socket.send(JSON.stringify({ columns: cols, rows })));
    socket.on("message", (data: Buffer) => terminal.write(data));
    const shown = (): string => {
      const lines = Array.from({ length: terminal.buffer.active.length }, (_, i) =>
        terminal.buffer.active.getLine(i)?.translateToString(true),
      );
      return lines.join("\n").trimEnd();
    };
    return { terminal, socket, shown, type: (text: string) => terminal.input(text) };
  }

  test("types, resizes and interrupts", async () => {
    const { shown, socket, terminal, type } = await visit();
    terminal.resize(91, 21);
    await until("the prompt", () => shown().endsWith("#"));
    type("stty size\r");
    await until("the size", () => shown().includes("\n21 91\n"));
    terminal.resize(100, 30);
    type("echo $((6 * 7)) && stty size\r");
    await until("the new size", () => shown().includes("\n42\n30 100\n"));
    type("sleep 71\r");
    await until("the command runs", () => runs("sleep 71"));
    type(CTRL_C);
    await until("it is interrupted", async () => shown().includes("^C") && !(await runs("sleep 71")));
    type("exit 5\r");
    const [code, reason] = await once(socket, "close");
    expect([code, String(reason)]).toEqual([1000, "exit code 5"]);
  });

  test("kills the shell of a visitor who leaves", async () => {
    const { shown, socket, type } = await visit();
    await until("the prompt", () => shown().endsWith("#"));
    type("sleep 72\r");
    await until("the command runs", () => runs("sleep 72"));
    socket.close();
    await until("it is gone", async () => !(await runs("sleep 72")));
  });

  test.each(["no size", '{"columns":-1,"rows":2}'])(
    "refuses %s, and goes on serving others",
    async (message) => {
      const { shown, socket } = await visit();
      await until("the prompt", () => shown().endsWith("#"));
      socket.send(message);
      expect((await once(socket, "close"))[0]).toBe(1008);
      expect((await fetch(`http://${address}/`)).status).toBe(200);
    },
  );

  const inBrowser = async (program: string): Promise<void> => {
    await inChromium(program, bench.path("chromium"), async (page) => {
      await page.do("Page.navigate", { url: `http://${address}/` });
      await until("the prompt", async () => (await shown(page)).endsWith("#"));
      const before = await page.evaluate("[terminal.rows, terminal.cols].join(' ')");
      await page.type("stty size\r");
      await until("the size", async () => (await shown(page)).includes(`\n${before}\n`));
      await page.resize(900, 400);
      await until(
        "the resize",
        async () => (await page.evaluate("[terminal.rows, terminal.cols].join(' ')")) !== before,
      );
      const after = await page.evaluate("[terminal.rows, terminal.cols].join(' ')");
      await page.type("stty size\r");
      await until("the new size", async () => (await shown(page)).includes(`\n${after}\n`));
      await page.type("sleep 73\r");
      await until("the command runs", () => runs("sleep 73"));
      await page.do("Input.dispatchKeyEvent", {
        type: "keyDown",
        modifiers: 2,
        key: "c",
        code: "KeyC",
        windowsVirtualKeyCode: 67,
      });
      await until("it is interrupted", async () => !(await runs("sleep 73")));
      await page.type("exit 6\r");
      await until("the end", async () => (await shown(page)).includes("[exit code 6]"));
    });
  };
  const chromium = fromEnvironment("CHROMIUM", "the web terminal in a browser");
  if (chromium) test("types, resizes and interrupts in Chromium", () => inBrowser(chromium));
});

/** What the terminal of the page shows. */
const shown = (page: ChromiumPage): Promise<string> =>
  page.evaluate(
    "typeof terminal === 'undefined' ? '' : Array.from({ length: terminal.buffer.active.length }, " +
      "(_, i) => terminal.buffer.active.getLine(i).translateToString(true)).join('\\n').trimEnd()",
  );
