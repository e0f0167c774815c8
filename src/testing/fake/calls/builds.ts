import { Readable } from "node:stream";
import { gunzipSync } from "node:zlib";
import type { OperationId } from "#generated/operations.js";
import { readTar } from "../../../workflows/index.js";
import { build } from "../builder.js";
import { readDockerfile } from "../dockerfile.js";
import { shortName } from "../image-name.js";
import { Refusal, unknownToFake } from "../refusal.js";
import { type FakeOperation, objectIn, type Query } from "./call.js";

/** Builds, with the classic builder. */
export const buildOperations = {
  ImageBuild: {
    // Whatever these say, nothing is cached, and no container is left.
    options: [
      "t",
      "dockerfile",
      "buildargs",
      "labels",
      "target",
      "version",
      "nocache",
      "pull",
      "rm",
      "forcerm",
    ],
    answer: async ({ query, body, ended }, engine) => {
      if (query.text("version") === "2") throw unknownToFake("imageBuild", "The fake Engine has no BuildKit");
      const source = await fileIn(body, query.text("dockerfile") || "Dockerfile");
      const request = {
        instructions: readDockerfile(source),
        args: new Map(Object.entries(jsonIn(query, "buildargs"))),
        labels: jsonIn(query, "labels"),
        target: query.text("target") || undefined,
        tags: query.all("t").map(shortName),
      };
      return { status: 200, body: build(engine, request, ended) };
    },
  },
  BuildPrune: {
    options: ["all", "filters", "keep-storage", "reserved-space", "max-used-space", "min-free-space"],
    answer: () => ({ status: 200, body: { CachesDeleted: null, SpaceReclaimed: 0 } }),
  },
} satisfies Partial<Record<OperationId, FakeOperation>>;

/** The first bytes of a compressed context. */
const GZIP = Buffer.from([0x1f, 0x8b]);

/** A file in a build context. @throws {Refusal} the context lacks it */
async function fileIn(context: unknown, name: string): Promise<string> {
  const wanted = name.replace(/^\.\//, "");
  let found: string | undefined;
  const bytes = (context ?? Buffer.alloc(0)) as Buffer;
  const tar = GZIP.equals(bytes.subarray(0, GZIP.length)) ? gunzipSync(bytes) : bytes;
  for await (const entry of readTar(Readable.from([tar]))) {
    const path = Buffer.from(entry.name as string, "latin1").toString();
    if (path.replace(/^\.\//, "") !== wanted) continue;
    const chunks: Buffer[] = [];
    for await (const chunk of entry.content) chunks.push(chunk);
    found = Buffer.concat(chunks).toString();
  }
  if (found === undefined) throw new Refusal(500, `Cannot locate specified Dockerfile: ${name}`);
  return found;
}

function jsonIn(query: Query, name: string): Readonly<Record<string, string>> {
  const text = query.text(name);
  return text ? (objectIn(JSON.parse(text)) as Readonly<Record<string, string>>) : {};
}
