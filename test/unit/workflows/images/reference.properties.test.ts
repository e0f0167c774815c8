import { ArgumentError } from "../../../../src/index.js";
import { splitReference } from "../../../../src/workflows/images/reference.js";
import { fc } from "../../../helpers/properties.js";

const part = fc.stringMatching(/^[a-z0-9][a-z0-9_-]{0,8}$/);
const registry = fc.option(
  fc
    .tuple(part, fc.option(fc.integer({ min: 1, max: 65_535 })))
    .map(([host, port]) => (port === null ? host : `${host}:${port}`)),
);
const path = fc.array(part, { minLength: 1, maxLength: 3 }).map((parts) => parts.join("/"));
const name = fc.tuple(registry, path).map(([host, rest]) => (host === null ? rest : `${host}/${rest}`));
const digest = fc.stringMatching(/^[0-9a-f]{64}$/).map((hex) => `sha256:${hex}`);

test("a name with a tag or a digest is taken apart where it was put together", () => {
  fc.assert(
    fc.property(name, fc.option(part), fc.option(digest), (image, tag, hash) => {
      const tagged = tag === null ? image : `${image}:${tag}`;
      const reference = hash === null ? tagged : `${tagged}@${hash}`;
      expect(splitReference(reference, "pull")).toEqual({ name: image, tag: hash ?? tag ?? undefined });
    }),
  );
});

test("of any text nothing is lost: it is taken apart, or refused", () => {
  const pieces = fc.constantFrom("a", "/", ":", "@", "sha256:", "5000", "latest", " ");
  const text = fc.array(pieces, { maxLength: 8 }).map((all) => all.join(""));
  fc.assert(
    fc.property(text, (image) => {
      try {
        const { name: named, tag = "" } = splitReference(image, "pull");
        expect(named).not.toBe("");
        expect(image.startsWith(named)).toBe(true);
        // A tag beside a digest is what the docker CLI drops too.
        expect(image.endsWith(tag)).toBe(true);
      } catch (error) {
        if (!(error instanceof ArgumentError)) throw error;
      }
    }),
  );
});

test("anything but a string is refused", () => {
  fc.assert(
    fc.property(fc.anything({ maxDepth: 1 }), (image) => {
      fc.pre(typeof image !== "string");
      expect(() => splitReference(image as string, "pull")).toThrow(ArgumentError);
    }),
  );
});
