import { PassThrough } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";
import { ArgumentError } from "../../../src/index.js";
import { type PrintableEvent, type ProgressOptions, printProgress } from "../../../src/progress/index.js";
import { bytes, clean, cut, linesOf, spread, widthOf } from "../../../src/progress/text.js";
import { until } from "../../helpers/waiting.js";

const ESC = "\x1b";
const layer = (id: string, status: string, current?: number, total?: number): PrintableEvent => ({
  type: "layer",
  image: "x:1",
  id,
  status,
  current,
  total,
  done: /complete$/.test(status),
});
const message = (status: string): PrintableEvent => ({ type: "message", image: "x:1", status });

const began = new Date(Date.now() - 5_000);
type BuildStep = Extract<PrintableEvent, { type: "step" }>["step"];
const step = (
  number: number,
  name: string,
  state: BuildStep["state"],
  more: Partial<BuildStep> = {},
): BuildStep => ({
  id: `s${number}`,
  number,
  name,
  state,
  inputs: [],
  started: began,
  ...(state === "running" ? {} : { completed: new Date(began.getTime() + 1_500) }),
  ...more,
});
const stepped = (...args: Parameters<typeof step>): PrintableEvent => ({ type: "step", step: step(...args) });
const logged = (of: BuildStep, text: string): PrintableEvent => ({
  type: "log",
  step: of,
  stream: "stdout",
  data: Buffer.from(text),
  text,
});
const warned: PrintableEvent = {
  type: "warning",
  step: undefined,
  warning: {
    text: "Legacy key",
    details: [],
    url: "https://x.test/rule",
    level: 1,
    file: "Dockerfile",
    lines: [[3, 3]],
  },
};

type Terminal = PassThrough & { isTTY?: boolean; columns?: number; rows?: number };

/** All that is printed of events; on a terminal of a size, if one is given. */
async function printed(
  events: readonly PrintableEvent[],
  size?: { readonly columns: number; readonly rows: number },
  options?: ProgressOptions,
): Promise<string> {
  const stream: Terminal = Object.assign(new PassThrough(), size && { isTTY: true, ...size });
  const progress = printProgress(stream, options);
  for (const event of events) progress(event);
  progress.end();
  return String(stream.read() ?? "");
}

/** Sets variables for a test. */
function withEnvironment(values: Record<string, string>): void {
  const before = { ...process.env };
  beforeEach(() => {
    for (const name of ["NO_COLOR", "FORCE_COLOR"]) delete process.env[name];
    process.env.TERM = "xterm";
    Object.assign(process.env, values);
  });
  afterEach(() => {
    process.env = { ...before };
  });
}

describe("without a terminal", () => {
  withEnvironment({});

  test("a layer is a line whenever its status changes, whatever the bytes", async () => {
    const events = [
      message("Pulling from x"),
      layer("aa", "Downloading", 1, 3),
      layer("aa", "Downloading", 2, 3),
      layer("aa", "Pull complete"),
      message("Digest: sha256:12"),
    ];
    expect(await printed(events)).toBe(
      "Pulling from x\naa: Downloading\naa: Pull complete\nDigest: sha256:12\n",
    );
  });

  test("a build is its steps, their output and how they end, and the warnings at the end", async () => {
    const running = step(2, "[2/2] RUN make", "running");
    const text = await printed([
      stepped(1, "[1/2] FROM x", "cached"),
      { type: "step", step: running },
      warned,
      logged(running, "one\ntw"),
      logged(running, "o\nthree"),
      stepped(2, "[2/2] RUN make", "failed", { error: "exit code: 2" }),
    ]);
    expect(text.replace(/ \d+\.\d{3} /g, " TIME ").split("\n")).toEqual([
      "#1 [1/2] FROM x",
      "#1 CACHED",
      "#2 [2/2] RUN make",
      "#2 TIME one",
      "#2 TIME two",
      "#2 TIME three",
      "#2 ERROR: exit code: 2",
      "WARN: Legacy key (Dockerfile:3) https://x.test/rule",
      "",
    ]);
    expect(await printed([stepped(1, "a", "done")])).toBe("#1 a\n#1 DONE 1.5s\n");
  });

  test("a step that BuildKit calls done and then cached, or done again, ends once", async () => {
    const early = { completed: began };
    const events = [
      stepped(1, "a", "done", early),
      stepped(2, "b", "done", early),
      stepped(1, "a", "running"),
      stepped(1, "a", "cached"),
      stepped(2, "b", "running"),
      stepped(2, "b", "done"),
      stepped(3, "c", "done", early),
    ];
    expect(await printed(events)).toBe("#1 a\n#2 b\n#1 CACHED\n#2 DONE 1.5s\n#3 c\n#3 DONE 0.0s\n");
  });

  test("a step that ends early is told to be done a moment later", async () => {
    const stream = new PassThrough();
    const progress = printProgress(stream);
    progress(stepped(1, "a", "done", { completed: began }));
    expect(String(stream.read())).toBe("#1 a\n");
    await delay(300);
    expect(String(stream.read())).toBe("#1 DONE 0.0s\n");
    progress.end();
    expect(stream.read()).toBeNull();
  });

  test("layers and messages name their image once there are several", async () => {
    const other = { ...message("Digest: sha256:34"), image: "y:2" };
    const events = [
      message("Pulling from x"),
      layer("aa", "Waiting"),
      other,
      layer("aa", "Pull complete"),
      message("Digest: sha256:12"),
    ];
    expect(await printed(events)).toBe(
      "Pulling from x\naa: Waiting\ny:2 Digest: sha256:34\nx:1 aa: Pull complete\nx:1 Digest: sha256:12\n",
    );
  });

  test("there are no escape codes, whatever is said", async () => {
    const evil = `${ESC}[2J${ESC}]0;title\x07\x9b31mred\rover\x08\x00`;
    const running = step(1, evil, "running");
    const text = await printed([
      message(evil),
      layer(evil, evil),
      { type: "step", step: running },
      logged(running, `${evil}\n`),
      stepped(1, evil, "failed", { error: evil }),
    ]);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: none of these must be there
    expect(text).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f-\x9f]/);
    expect(text).toContain("over");
  });
});

describe("many printers and much output", () => {
  withEnvironment({});

  test("output without line breaks, or of nothing but carriage returns, is printed in good time", async () => {
    const running = step(1, "RUN yes", "running");
    const begin = performance.now();
    const dots = Array.from({ length: 4_000 }, () => logged(running, ".".repeat(1_000)));
    let text = "";
    const stream = new PassThrough().on("data", (chunk) => {
      text += chunk;
    });
    const progress = printProgress(stream);
    for (const event of [...dots, logged(running, `\n${"\r".repeat(100_000)}end\n`)]) progress(event);
    progress.end();
    await until("all is printed", () => text.endsWith("end\n"));
    expect(text.match(/\.{2,}/g)?.join("").length).toBe(4_000_000);
    expect(performance.now() - begin).toBeLessThan(3_000);
  });

  test("printers side by side add no listeners beyond the first of a stream, and leave none", () => {
    const stream = Object.assign(new PassThrough(), { isTTY: true, columns: 80, rows: 24 });
    const before = process.listenerCount("exit");
    const printers = Array.from({ length: 20 }, () => printProgress(stream));
    expect(process.listenerCount("exit")).toBe(before + 1);
    for (const printer of printers) printer.end();
    expect(process.listenerCount("exit")).toBe(before);
    expect(stream.listenerCount("resize")).toBe(0);
  });

  test.each([true, false])("a stream that was ended is left alone (interactive: %p)", async (interactive) => {
    const stream = new PassThrough();
    const failed = jest.fn();
    stream.on("error", failed).end();
    const progress = printProgress(stream, { interactive });
    progress(message("late"));
    progress.end();
    await delay(20);
    expect(failed).not.toHaveBeenCalled();
  });
});

describe("on a terminal", () => {
  withEnvironment({});
  const size = { columns: 60, rows: 10 };

  test("layers have bars and numbers, steps times and marks", async () => {
    const running = step(2, "[2/2] RUN make", "running");
    const text = await printed(
      [
        layer("aa", "Downloading", 5_000_000, 10_000_000),
        layer("bb", "Pull complete"),
        stepped(1, "[1/2] FROM x", "cached"),
        { type: "step", step: running },
        { type: "status", step: running, id: "p", name: "sha256:12", current: 1, total: 2000, done: false },
        logged(running, "compiling\n"),
        warned,
      ],
      size,
      { color: false },
    );
    const lines = text.split("\n");
    expect(lines[0]).toMatch(/^aa: Downloading \[=+> +\] 5MB\/10MB$/);
    expect(lines.slice(1, 3)).toEqual([
      "bb: Pull complete",
      expect.stringMatching(/^=> CACHED \[1\/2\] FROM x *$/),
    ]);
    expect(lines[3]).toMatch(/^=> \[2\/2\] RUN make +\d\.\ds$/);
    expect(lines[4]).toMatch(/^=> => sha256:12 +1B\/2kB$/);
    expect(lines[5]).toBe("=> => # compiling");
    expect(lines[6]).toMatch(/^WARN: Legacy key/);
    expect(Math.max(...lines.map(widthOf))).toBeLessThan(60);
  });

  test("a frame replaces the one before, and what was said stays above it", async () => {
    const stream: Terminal = Object.assign(new PassThrough(), { isTTY: true, ...size });
    const progress = printProgress(stream, { color: false });
    progress(layer("aa", "Waiting"));
    progress(layer("bb", "Waiting"));
    await delay(150);
    expect(String(stream.read())).toBe("aa: Waiting\nbb: Waiting\n");
    progress(message("said"));
    await delay(150);
    expect(String(stream.read())).toBe(`${ESC}[2A\r${ESC}[Jsaid\naa: Waiting\nbb: Waiting\n`);
    // Narrower, so that each of the lines stands on two rows now.
    stream.columns = 8;
    stream.emit("resize");
    await delay(50);
    expect(String(stream.read())).toContain(`${ESC}[4A\r${ESC}[J`);
    progress.end();
    progress(layer("aa", "ignored"));
    expect(String(stream.read())).not.toContain("ignored");
    expect(stream.listenerCount("resize")).toBe(0);
  });

  test("more layers than rows are counted; what still runs is shown, and all of it at the end", async () => {
    const stream: Terminal = Object.assign(new PassThrough(), { isTTY: true, ...size });
    const progress = printProgress(stream, { color: false });
    for (let i = 0; i < 20; i += 1) progress(layer(`d${i}`, "Pull complete"));
    for (let i = 0; i < 3; i += 1) progress(layer(`r${i}`, "Downloading", 1, 2));
    await delay(150);
    const shown = String(stream.read()).trimEnd().split("\n");
    expect(shown).toHaveLength(9);
    expect(shown[0]).toBe("… and 15 more");
    expect(shown.slice(-3).map((line) => line.slice(0, 2))).toEqual(["r0", "r1", "r2"]);
    progress.end();
    expect(String(stream.read()).trimEnd().split("\n")).toHaveLength(23);
  });

  test("several images have their names above their layers, and before their messages", async () => {
    const other = { ...layer("aa", "Waiting"), image: "y:2" };
    const text = await printed([layer("aa", "Waiting"), other, message("Digest: 1")], size, { color: false });
    expect(text).toBe("x:1 Digest: 1\nx:1\naa: Waiting\ny:2\naa: Waiting\n");
  });

  test("steps appear in the order in which they begin", async () => {
    const events = [
      stepped(1, "waits", "waiting", { started: undefined, completed: undefined }),
      stepped(2, "later", "waiting", { started: undefined, completed: undefined }),
      stepped(3, "cached", "cached"),
      stepped(2, "later", "running"),
      stepped(4, "failed", "failed"),
      stepped(2, "later", "done"),
    ];
    const lines = (await printed(events, size, { color: false })).trimEnd().split("\n");
    expect(lines.map((line) => line.replace(/ +\d\.\ds$/, "").trimEnd())).toEqual([
      "=> CACHED cached",
      "=> later",
      "=> ERROR failed",
    ]);
  });

  test("what is never redrawn is not cut: warnings, messages and the last frame", async () => {
    const long = "long ".repeat(15).trim();
    const failed = step(1, long, "failed");
    const url = "https://x.test/rule";
    const narrow = { columns: 30, rows: 10 };
    const events = [
      message(`Digest: ${long}`),
      layer("aa", long),
      logged(failed, `${long}\n`),
      { type: "step", step: failed } as const,
      warned,
    ];
    expect((await printed(events, narrow, { color: false })).split("\n")).toEqual([
      `Digest: ${long}`,
      `aa: ${long}`,
      `=> ERROR ${long} 1.5s`,
      `=> => # ${long}`,
      `WARN: Legacy key (Dockerfile:3) ${url}`,
      "",
    ]);
  });
});

describe.each([
  { env: {}, tty: true, colored: true },
  { env: { NO_COLOR: "1" }, tty: true, colored: false },
  { env: { NO_COLOR: "" }, tty: true, colored: true },
  { env: { TERM: "dumb" }, tty: true, colored: false },
  { env: {}, tty: false, colored: false },
  { env: { FORCE_COLOR: "1" }, tty: false, colored: true },
  { env: { FORCE_COLOR: "0" }, tty: true, colored: false },
])("with $env, on a terminal: $tty", ({ env, tty, colored }) => {
  withEnvironment(env as Record<string, string>);
  test(`there is ${colored ? "" : "no "}color`, async () => {
    const text = await printed([stepped(1, "a", "done")], tty ? { columns: 60, rows: 10 } : undefined);
    expect(text.includes(`${ESC}[36m`)).toBe(colored);
  });
});

test.each([
  { of: "日本語", width: 6 },
  { of: "é👩‍👩‍👧e\u0301", width: 4 },
  { of: "abc", width: 3 },
])("$of takes $width columns", ({ of, width }) => {
  expect(widthOf(of)).toBe(width);
});

test("text is cut, spread and cleaned by its width", () => {
  expect([cut("日本語", 5), cut("日本語", 6), cut("abc", 0)]).toEqual(["日本…", "日本語", ""]);
  expect(widthOf(spread("日本語".repeat(9), "1.0s", 20))).toBe(20);
  expect(linesOf("10%\r20%\rdone\r\nnext")).toEqual(["done", "next"]);
  expect(clean(`a${ESC}[1;31mb${ESC}[0m\u202ec\td`)).toBe("abc    d");
  expect([bytes(999), bytes(12_345_678), bytes(10n ** 15n)]).toEqual(["999B", "12.35MB", "1000TB"]);
});

test("many printers that are never ended make Node warn of no leak, and print at the exit", () => {
  const before = process.listenerCount("exit");
  const stream: Terminal = Object.assign(new PassThrough(), { isTTY: true, columns: 60, rows: 10 });
  const printers = Array.from({ length: 12 }, () => printProgress(stream, { color: false }));
  expect([process.listenerCount("exit"), stream.listenerCount("resize")]).toEqual([before + 1, 1]);
  for (const progress of printers) progress(layer("aa", "Waiting"));
  process.listeners("exit").at(-1)?.(0);
  expect(String(stream.read())).toBe("aa: Waiting\n".repeat(12));
  expect([process.listenerCount("exit"), stream.listenerCount("resize")]).toEqual([before, 0]);
});

test("anything but a stream and known options is refused", () => {
  expect(() => printProgress({} as never)).toThrow(ArgumentError);
  expect(() => printProgress(new PassThrough(), { colour: true } as never)).toThrow(ArgumentError);
});
