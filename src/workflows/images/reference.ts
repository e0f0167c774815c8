import { describe, reading } from "../../arguments.js";
import { ArgumentError } from "../../errors.js";

/** An image's name, with its tag or digest. */
export interface ImageReference {
  readonly name: string;
  /** A tag or a digest. */
  readonly tag?: string | undefined;
}

const ID = /^(sha256:)?[0-9a-f]{64}$/;

/** Splits a reference. A colon before a slash belongs to a registry's port. */
export function splitReference(image: string, workflow: string): ImageReference {
  if (typeof image !== "string" || image === "" || ID.test(image)) {
    throw new ArgumentError(
      `${workflow}: the image must have a name, such as "alpine:3.20", not ${describe(image)}`,
    );
  }
  const [tagged = "", digest, ...rest] = image.split("@");
  const colon = tagged.indexOf(":", tagged.lastIndexOf("/") + 1);
  const name = colon < 0 ? tagged : tagged.slice(0, colon);
  const tag = digest ?? (colon < 0 ? undefined : tagged.slice(colon + 1));
  if (name === "" || tag === "" || digest === "" || rest.length > 0) {
    throw new ArgumentError(
      `${workflow}: the image ${describe(image)} is not of the form name[:tag] or name@digest`,
    );
  }
  return { name, tag };
}

/** One image or several as a list. @throws {ArgumentError} it is empty */
export function imageList(images: string | readonly string[], workflow: string): string[] {
  const list = reading(workflow, () =>
    Array.isArray(images) ? [...(images as string[])] : [images as string],
  );
  if (list.length > 0) return list;
  throw new ArgumentError(`${workflow}: name one or more images, not an empty array`);
}

/** Whether an image is named by its ID, which no registry knows. */
export const isImageId = (image: string): boolean => ID.test(image);
