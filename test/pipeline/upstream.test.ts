import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { type Project, upstreamFile } from "../../scripts/pipeline/project.js";
import { SpecError } from "../../scripts/pipeline/spec-error.js";
import { loadUpstream, parseSwagger, verify } from "../../scripts/pipeline/upstream.js";
import {
  api,
  lockEntry,
  sha256,
  smallBytes,
  smallFile,
  smallProject,
  smallSwagger,
} from "./small-project.js";

function keep(project: Project, bytes: Buffer): string {
  const file = upstreamFile(project, api);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, bytes);
  return file;
}

describe("loadUpstream", () => {
  test("takes the file that was pulled", async () => {
    const project = smallProject();
    keep(project, smallBytes);
    expect(await loadUpstream(project, api)).toEqual(smallSwagger());
  });

  test("takes the pulled file, whatever the fallback is", async () => {
    const project = smallProject();
    keep(project, smallBytes);
    expect(await loadUpstream(project, api, join(project.root, "nowhere"))).toEqual(smallSwagger());
  });

  test.each([
    { given: "file", fallback: smallFile },
    { given: "folder", fallback: dirname(smallFile) },
  ])("takes the fallback if nothing was pulled: a $given", async ({ fallback }) => {
    expect(await loadUpstream(smallProject(), api, fallback)).toEqual(smallSwagger());
  });

  test("has nothing if nothing was pulled and no fallback is named", async () => {
    expect(await loadUpstream(smallProject(), api)).toBeUndefined();
  });

  test("refuses a half-written file, naming it and how to fetch it again", async () => {
    const project = smallProject();
    const half = smallBytes.subarray(0, smallBytes.length / 2);
    const file = keep(project, half);
    const failure = await loadUpstream(project, api).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(SpecError);
    const { message } = failure as SpecError;
    expect(message).toContain(`${file} is not the description of API ${api} that spec/lock.json pins`);
    expect(message).toContain(sha256(half));
    expect(message).toContain(`npm run spec -- pull --api ${api}`);
  });

  test("refuses a fallback that is not the pinned file", async () => {
    const project = smallProject({ sha256: sha256("another") });
    await expect(loadUpstream(project, api, smallFile)).rejects.toThrow(
      `${smallFile} is not the description`,
    );
  });

  test("refuses a fallback that is not there", async () => {
    const project = smallProject();
    const failure = loadUpstream(project, api, join(project.root, "nowhere"));
    await expect(failure).rejects.toThrow(SpecError);
    await expect(failure).rejects.toThrow(join(project.root, "nowhere"));
  });
});

test("a hash is compared byte for byte", () => {
  expect(() => verify(smallBytes, lockEntry, api, "it")).not.toThrow();
  const changed = Buffer.from(smallBytes);
  changed[changed.length - 1] = (changed.at(-1) ?? 0) ^ 1;
  expect(() => verify(changed, lockEntry, api, "it")).toThrow(SpecError);
  expect(() => verify(changed, lockEntry, api, "it")).toThrow(
    `its sha256 is ${sha256(changed)}, the lock says ${lockEntry.sha256}. Take the file of commit c0ffee`,
  );
});

test.each([
  { given: "not YAML", text: "swagger: [", want: "it is not YAML: " },
  { given: "empty", text: "", want: "it is not a Swagger 2.0 document" },
  { given: "text", text: "404: Not Found, said the proxy", want: "it is not a Swagger 2.0 document" },
  {
    given: "HTML",
    text: "<html><body>Please log in</body></html>",
    want: "it is not a Swagger 2.0 document",
  },
  { given: "OpenAPI 3", text: 'openapi: "3.1.0"', want: 'no `swagger: "2.0"` at its top' },
  { given: "a version as a number", text: "swagger: 2.0", want: "it is not a Swagger 2.0 document" },
])("a description that is $given is refused", ({ text, want }) => {
  expect(() => parseSwagger(Buffer.from(text), "it")).toThrow(SpecError);
  expect(() => parseSwagger(Buffer.from(text), "it")).toThrow(want);
});
