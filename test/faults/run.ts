import { answers } from "./answers.js";
import { campaign } from "./campaign.js";
import { faults } from "./faults.js";

/**
 * Every fault before every byte of every answer, over both transports: `npm run faults`. Options narrow it:
 * `--every 7 --answer "tar in chunks" --fault cut`.
 */
const option = (name: string): string | undefined => {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? undefined : process.argv[at + 1];
};
const narrowed = <T extends { readonly name: string }>(all: readonly T[], name: string | undefined) =>
  name === undefined ? all : all.filter((one) => one.name === name);

let unhandled = 0;
for (const event of ["unhandledRejection", "uncaughtException"] as const) {
  process.on(event, (error: unknown) => {
    unhandled += 1;
    console.error(event, error);
  });
}

const begin = Date.now();
const { cases, byFault, problems } = await campaign({
  answers: narrowed(answers, option("answer")),
  faults: narrowed(faults, option("fault")),
  transports: ["unix", "tcp"],
  every: Number(option("every") ?? 1),
});
const SHOWN = Number(option("show") ?? 60);
for (const problem of problems.slice(0, SHOWN)) console.error(problem);
if (problems.length > SHOWN) console.error(`… and ${problems.length - SHOWN} more`);
for (const [fault, count] of Object.entries(byFault)) console.log(`${String(count).padStart(7)}  ${fault}`);
const cpu = process.cpuUsage();
console.log(
  `${cases} cases, ${problems.length} problems, ${unhandled} unhandled; ` +
    `${Math.round((Date.now() - begin) / 1000)} s elapsed, ${Math.round((cpu.user + cpu.system) / 1e6)} s of CPU time`,
);
process.exitCode = problems.length + unhandled > 0 ? 1 : 0;
