/**
 * Draws what a command shows on a terminal, for the docs; needs tmux:
 *
 *   npx tsx scripts/picture.ts FILE.svg TITLE SECONDS COLUMNS ROWS COMMAND ARGUMENT...
 */
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

/** Pixels of a character. */
const [WIDTH, HEIGHT] = [8, 17];
const MARGIN = 12;
/** Foregrounds by their number in an escape sequence. */
const COLORS: Readonly<Record<string, string>> = { 31: "#f47067", 33: "#daaa3f", 36: "#56d4dd" };
const FAINT = "2";
const PLAIN = "#cdd9e5";

async function main([file, title, seconds, columns, rows, ...command]: string[]): Promise<void> {
  if (!file || !title || !seconds || !columns || !rows || command.length === 0)
    throw new Error(
      "usage: npx tsx scripts/picture.ts FILE.svg TITLE SECONDS COLUMNS ROWS COMMAND ARGUMENT...",
    );
  const tmux = (...args: string[]): string =>
    execFileSync("tmux", ["-L", `picture-${process.pid}`, ...args], { encoding: "utf8" });
  tmux("-f", "/dev/null", "new-session", "-d", "-x", columns, "-y", rows, ...command);
  try {
    await sleep(Number(seconds) * 1000);
    const lines = tmux("capture-pane", "-p", "-e").trimEnd().split("\n");
    writeFileSync(file, draw(title, lines, Number(columns)));
  } finally {
    tmux("kill-server");
  }
}

/** Lines with colors as escape sequences, as an SVG. */
function draw(title: string, lines: readonly string[], columns: number): string {
  const [width, height] = [columns * WIDTH + 2 * MARGIN, lines.length * HEIGHT + 2 * MARGIN];
  const drawn = spansOf(lines).map((line, row) => {
    const y = MARGIN + (row + 1) * HEIGHT - 4;
    return `<text x="${MARGIN}" y="${y}">${line}</text>`;
  });
  const font = `font: ${HEIGHT - 4}px ui-monospace, Menlo, Consolas, monospace; white-space: pre; fill: ${PLAIN}`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" xml:space="preserve" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">`,
    `<title>${escaped(title)}</title>`,
    `<style>text { ${font} }</style>`,
    `<rect width="100%" height="100%" rx="6" fill="#22272e"/>`,
    ...drawn,
    "</svg>\n",
  ].join("\n");
}

const COLOR = new RegExp(`(${String.fromCharCode(27)}\\[[\\d;]*m)`);

/** Writes lines as SVG text. A color holds until the next one, also across lines. */
function spansOf(lines: readonly string[]): string[] {
  let style = "";
  return lines.map((line) =>
    line
      .split(COLOR)
      .map((part) => {
        if (!COLOR.test(part))
          return part && style ? `<tspan ${style}>${escaped(part)}</tspan>` : escaped(part);
        const codes: readonly string[] = part.match(/\d+/g) ?? [];
        const color = codes.map((code) => COLORS[code]).find(Boolean);
        style = color ? `fill="${color}"` : codes.includes(FAINT) ? 'opacity="0.6"' : "";
        return "";
      })
      .join(""),
  );
}

const escaped = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

await main(process.argv.slice(2));
