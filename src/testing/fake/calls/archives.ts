import type { OperationId } from "#generated/operations.js";
import { Refusal } from "../refusal.js";
import { type FakeOperation, OK, type Query } from "./call.js";

/** Operations on the files of containers. */
export const archiveOperations = {
  ContainerArchiveInfo: {
    options: ["path"],
    answer: ({ target, query }, engine) => {
      return { status: 200, body: engine.container(target).files.stat(pathIn(query)) };
    },
  },
  ContainerArchive: {
    options: ["path"],
    answer: ({ target, query }, engine) => {
      const { files } = engine.container(target);
      const path = pathIn(query);
      return { status: 200, body: { stat: files.stat(path), tar: files.pack(path) } };
    },
  },
  PutContainerArchive: {
    // The owners in a tar do not matter to scripted processes.
    options: ["path", "noOverwriteDirNonDir", "copyUIDGID"],
    answer: async ({ target, query, body }, engine) => {
      const { files } = engine.container(target);
      const keepsKinds = query.flag("noOverwriteDirNonDir");
      await files.unpack(pathIn(query), Buffer.from((body ?? "") as Buffer), { keepsKinds });
      return OK;
    },
  },
} satisfies Partial<Record<OperationId, FakeOperation>>;

function pathIn(query: Query): string {
  const path = query.text("path");
  if (!path) throw new Refusal(400, "bad parameter: path cannot be empty");
  return path;
}
