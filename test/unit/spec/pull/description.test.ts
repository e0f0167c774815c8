import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { loadDescription, parseSwagger, verify } from "../../../../scripts/spec/pull/description.js";
import { SpecError } from "../../../../scripts/spec/spec-error.js";
import { upstreamFile, type Workspace } from "../../../../scripts/spec/workspace.js";
import {
  api,
  lockEntry,
  sha256,
  smallBytes,
  smallFile,
  smallSwagger,
  smallWorkspace,
} from "../small-workspace.js";

function keep(workspace: Workspace, bytes: Buffer): string {
  const file = upstreamFile(workspace, api);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, bytes);
  return file;
}

describe("loadDescription", () => {
  test("takes the file that was pulled", async () => {
    const workspace = smallWorkspace();
    keep(workspace, smallBytes);
    expect(await loadDescription(workspace, api)).toEqual(smallSwagger());
  });

  test("takes the pulled file, whatever the fallback is", async () => {
    const workspace = smallWorkspace();
    keep(workspace, smallBytes);
    expect(await loadDescription(workspace, api, join(workspace.root, "nowhere"))).toEqual(smallSwagger());
  });

  test.each([
    { given: "file", fallback: smallFile },
    { given: "folder", fallback: dirname(smallFile) },
  ])("takes the fallback if nothing was pulled: a $given", async ({ fallback }) => {
    expect(await loadDescription(smallWorkspace(), api, fallback)).toEqual(smallSwagger());
  });

  test("has nothing if nothing was pulled and no fallback is named", async () => {
    expect(await loadDescription(smallWorkspace(), api)).toBeUndefined();
  });

  test("refuses a half-written file, naming it and how to fetch it again", async () => {
    const workspace = smallWorkspace();
    const half = smallBytes.subarray(0, smallBytes.length / 2);
    const file = keep(workspace, half);
    const failure = await loadDescription(workspace, api).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(SpecError);
    const { message } = failure as SpecError;
    expect(message).toContain(`${file} is not the description of API ${api} that spec/lock.json pins`);
    expect(message).toContain(sha256(half));
    expect(message).toContain(`npm run spec -- pull --api ${api}`);
  });

  test("refuses a fallback that is not the pinned file", async () => {
    const workspace = smallWorkspace({ sha256: sha256("another") });
    await expect(loadDescription(workspace, api, smallFile)).rejects.toThrow(
      `${smallFile} is not the description`,
    );
  });

  test("refuses a fallback that is not there", async () => {
    const workspace = smallWorkspace();
    const failure = loadDescription(workspace, api, join(workspace.root, "nowhere"));
    await expect(failure).rejects.toThrow(SpecError);
    await expect(failure).rejects.toThrow(join(workspace.root, "nowhere"));
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
