import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { compile } from "../../helpers/compiled.js";
import { anyEngine, describeStores, useEngine } from "../engine.js";
import { containersOf } from "./containers.js";
import type { SlowlyRead } from "./slow-reader-child.js";

const MIB = 2 ** 20;
const BYTES = 64 * MIB;
const LINES = `yes ${"x".repeat(127)} | head -c ${BYTES}`;

describeStores([anyEngine.store], "64 MiB of output through a slow reader", (engine) => {
  const bench = useEngine(engine);
  const create = containersOf(bench);
  let program: string;

  beforeAll(async () => {
    await compile(bench.path("compiled"), "test/engine/streams");
    program = join(bench.path("compiled"), "test", "engine", "streams", "slow-reader-child.js");
  });

  test.each([
    { how: "logs", Tty: false },
    { how: "attach", Tty: false },
    { how: "attach", Tty: true },
  ])("of $how (terminal: $Tty) arrive whole and take less than 120 MB", async ({ how, Tty }) => {
    const id = await create(["sh", "-c", LINES], { Tty });
    if (how === "logs") await bench.docker.containerStart(id);
    const { stdout } = await promisify(execFile)(process.execPath, [program, engine.host, id, how], {
      timeout: 60_000,
    });
    const read = JSON.parse(stdout) as SlowlyRead;
    process.stderr.write(`${how}${Tty ? " (tty)" : ""}: ${read.peakMiB.toFixed(1)} MiB in ${read.ms} ms\n`);
    // A terminal makes two characters of each of the 2^19 line ends.
    expect(read.bytes).toBe(BYTES + (Tty ? BYTES / 128 : 0));
    expect(read.ms).toBeGreaterThan(60 * 60);
    expect(read.peakMiB).toBeLessThan(120e6 / MIB);
    // A process that read anything cannot have been smaller: the number is a real one.
    expect(read.peakMiB).toBeGreaterThan(20);
  });
});
