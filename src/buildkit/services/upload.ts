import type { BinaryBody } from "#generated/schema.js";
import { BytesMessage } from "../../../generated/buildkit/session.js";
import { ArgumentError, isDockerError } from "../../errors.js";
import { type Methods, streaming } from "../grpc/method.js";
import { Code, GrpcError } from "../grpc/status.js";

const PIECE = 64 * 1024;

/** Sends a tar to the Engine, once, at the path "/NAME". */
export function upload(name: string, tar: BinaryBody): Methods {
  let isSent = false;
  return {
    "/moby.upload.v1.Upload/Pull": streaming(BytesMessage, BytesMessage, async (_, send, { metadata }) => {
      const path = metadata.get("urlpath");
      if (path !== `/${name}`) throw new GrpcError(Code.NOT_FOUND, `there is nothing to send at ${path}`);
      if (isSent) throw new GrpcError(Code.FAILED_PRECONDITION, "the context was sent already");
      isSent = true;
      for await (const data of piecesOf(tar)) await send({ data });
    }),
  };
}

async function* piecesOf(tar: BinaryBody): AsyncGenerator<Uint8Array, void, undefined> {
  const chunks = tar instanceof Uint8Array ? [tar] : (tar as AsyncIterable<Uint8Array | string>);
  try {
    for await (const chunk of chunks) {
      const bytes = typeof chunk === "string" ? Buffer.from(chunk) : chunk;
      for (let at = 0; at < bytes.length; at += PIECE) yield bytes.subarray(at, at + PIECE);
    }
  } catch (cause) {
    if (isDockerError(cause)) throw cause;
    const { message } = cause as Error;
    throw new ArgumentError(`build: the context failed while it was read: ${message}`, { cause });
  }
}
