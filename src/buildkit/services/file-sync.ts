import type { Metadata } from "../grpc/metadata.js";
import type { Methods } from "../grpc/method.js";
import { Code, GrpcError } from "../grpc/status.js";
import { diffCopy } from "./diff-copy.js";
import type { Offered, Wanted } from "./offered.js";

/** The items of a folder to offer, given what the Engine asks for. */
export type Folder = (wanted: Wanted) => Iterable<Offered>;

/** Offers folders by the names that the Engine asks for: "context" and "dockerfile". */
export const fileSync = (folders: Readonly<Record<string, Folder>>): Methods => ({
  "/moby.filesync.v1.FileSync/DiffCopy": diffCopy((metadata) => {
    const name = metadata.get("dir-name") ?? "";
    const folder = Object.hasOwn(folders, name) ? folders[name] : undefined;
    if (!folder) throw new GrpcError(Code.NOT_FOUND, `the build has no folder named "${name}"`);
    return folder(wantedBy(metadata));
  }),
});

const wantedBy = (metadata: Metadata): Wanted => ({
  followPaths: metadata.all("followpaths"),
  includePatterns: metadata.all("include-patterns"),
  excludePatterns: metadata.all("exclude-patterns"),
});
