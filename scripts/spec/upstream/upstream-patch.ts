import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { byAge } from "../api-versions.js";
import { loadCorrections } from "../correct/correct.js";
import { type Outputs, swapIn } from "../emit/swap-folder.js";
import { offeredVersions } from "../offered-versions.js";
import { loadText, parseSwagger } from "../pull/description.js";
import { lockEntry } from "../pull/lock.js";
import { entriesOfOut, refuseOut, refuseSpecial } from "../refuse-out.js";
import { SpecError } from "../spec-error.js";
import type { Workspace } from "../workspace.js";
import { collect } from "./collect.js";
import { Evidence, readAnswers } from "./evidence.js";
import { applyEdits, lineEdits } from "./line-edits.js";
import { HEADING, listedFiles, listing, type Patch, patchesOf } from "./patches.js";
import { roundTripFaults } from "./round-trip.js";

export interface UpstreamPatchArguments {
  readonly api?: string;
  readonly out: string;
  readonly file?: string;
}

const LISTING = "README.md";

/** Writes our corrections of a description as patches of the published file. */
export async function upstreamPatchCommand(
  workspace: Workspace,
  args: UpstreamPatchArguments,
  source: string | undefined,
): Promise<void> {
  const api = args.api ?? ((await offeredVersions(workspace)).sort(byAge).at(-1) as string);
  const text = await loadText(workspace, api, source);
  if (text === undefined) {
    throw new SpecError(
      `The published description of API ${api} is not at hand, and the patches are of its lines. Name it with ` +
        `DOCKER_SPEC_SOURCE, or fetch it with: npm run spec -- pull --api ${api}`,
    );
  }
  const entry = await lockEntry(workspace, api);
  const file = args.file ?? ("path" in entry ? entry.path : `api/docs/v${api}.yaml`);
  const published = parseSwagger(Buffer.from(text), file);
  const corrections = await loadCorrections(workspace);
  const collected = await collect(published, corrections);
  const edits = lineEdits(text, collected.swagger, file);
  const patched = parseSwagger(Buffer.from(applyEdits(text, edits)), file);
  const faults = isDeepStrictEqual(patched, collected.swagger)
    ? await roundTripFaults(published, patched, collected, corrections)
    : ["the patched text is not what the corrections make of it"];
  if (faults.length > 0)
    throw new SpecError(
      `The patches of API ${api} would not say what our corrections do: ${faults.join("; ")}`,
    );
  const evidence = new Evidence(collected.swagger, await readAnswers(workspace));
  const patches = patchesOf({ file, text, swagger: collected.swagger }, edits, collected.told, evidence);
  const named = new Map(patches.map((patch, index) => [fileName(patch, index), patch]));
  const outputs: Outputs = new Map([
    ...[...named].map(([name, patch]) => [name, patch.text] as const),
    [LISTING, listing(api, named, collected)],
  ]);
  await refuseOtherFiles(args.out);
  await swapIn(resolve(args.out), outputs);
  console.log(
    `Wrote ${named.size} patches of ${file} to ${args.out}; its ${LISTING} lists them, and what stays here`,
  );
}

const fileName = ({ title }: Patch, index: number): string =>
  `${String(index + 1).padStart(4, "0")}-${title.toLowerCase().replace(/\W+/g, "-")}.patch`;

/** The folder is replaced, so it must be new, empty, or what an earlier run wrote. */
async function refuseOtherFiles(folder: string): Promise<void> {
  const refuse = (why: string): never => refuseOut(folder, why);
  const entries = await entriesOfOut(folder);
  if (entries.length === 0) return;
  const page = entries.some((entry) => entry.name === LISTING && entry.isFile())
    ? await readFile(join(folder, LISTING), "utf8").catch(({ message }) =>
        refuse(`cannot be read (${message})`),
      )
    : "";
  if (!page.startsWith(HEADING)) refuse(`has no ${LISTING} of an earlier run`);
  const listed = listedFiles(page);
  const stray = entries.find(({ name }) => name !== LISTING && !listed.has(name));
  if (stray !== undefined) refuse(`holds ${stray.name}, which its ${LISTING} does not list`);
  refuseSpecial(folder, entries);
}
