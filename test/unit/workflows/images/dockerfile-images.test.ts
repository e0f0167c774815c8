// biome-ignore-all lint/suspicious/noTemplateCurlyInString: it is the syntax of a Dockerfile
import { imagesOf } from "../../../../src/workflows/images/dockerfile-images.js";

test.each<{ what: string; dockerfile: string; args?: Record<string, string>; images: string[] }>([
  { what: "a stage", dockerfile: "# c\nFROM a.example/x AS y\nRUN FROM b\n", images: ["a.example/x"] },
  { what: "a platform", dockerfile: "from --platform=linux/arm64 a:1\r\n", images: ["a:1"] },
  {
    what: "a copy",
    dockerfile: "FROM a\nCOPY --chown=1 --from=b.example/y /x /\n",
    images: ["a", "b.example/y"],
  },
  { what: "a line that goes on", dockerfile: "FROM \\\n  a:1 \\\n AS b\n", images: ["a:1"] },
  { what: "an argument's default", dockerfile: 'ARG R="a.example"\nFROM ${R}/x\n', images: ["a.example/x"] },
  {
    what: "an argument",
    dockerfile: "ARG R=a\nFROM $R/x\n",
    args: { R: "b.example" },
    images: ["b.example/x"],
  },
  { what: "a default in its place", dockerfile: "ARG T\nFROM a:${T:-2}\n", images: ["a:2"] },
  { what: "a copy from the context", dockerfile: "COPY a b\n", images: [] },
])("the images of $what are $images", ({ dockerfile, args = {}, images }) => {
  expect(imagesOf(dockerfile, args)).toEqual(images);
});
