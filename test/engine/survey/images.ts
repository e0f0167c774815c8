import { Docker } from "../../../src/index.js";
import { bytesOf } from "../../helpers/streams.js";
import { tarOfFiles } from "../tar-of-files.js";
import { must, type Subject, type Trials } from "./subject.js";

/** The registry that `engine registry` starts in the network of each Engine. */
export const REGISTRY = "127.0.0.1:5000";
export const LOGIN = { username: "test", password: "s3cret:+/pass", serveraddress: REGISTRY };

/** A name in the registry, for the image busybox:local. */
export async function inRegistry(subject: Subject, what: string): Promise<string> {
  const repo = `${REGISTRY}/${subject.name(what)}`;
  await subject.docker.imageTag("busybox:local", { repo, tag: "1" });
  subject.atEnd(() => subject.docker.imageDelete(`${repo}:1`));
  return repo;
}

export const dockerfile = (text: string): Promise<Buffer> => tarOfFiles({ Dockerfile: text });

export const images: Trials = {
  async ImageList({ docker }) {
    const found = (await docker.imageList()).find(({ RepoTags }) =>
      RepoTags?.some((tag) => tag.endsWith("busybox:local")),
    );
    must(found, "the image is not listed");
    return [
      !found.RepoTags?.includes("busybox:local") &&
        `RepoTags has "${found.RepoTags?.find((tag) => tag.endsWith("busybox:local"))}"`,
      found.RepoDigests === null && "RepoDigests is null",
    ];
  },
  async ImageInspect({ docker }) {
    const { Config, Id, Os } = await docker.imageInspect("busybox:local");
    must(Id && Os === "linux" && Config?.Cmd?.join() === "sh", "it is another image");
    const missing = await docker.imageInspect("sdk-survey-none:1").result();
    must(!missing.ok && missing.status === 404, "a missing image is not 404");
  },
  async ImageHistory({ docker }) {
    must((await docker.imageHistory("busybox:local")).length > 0, "there is none");
  },
  async ImageTag(subject) {
    const name = subject.imageName("tag");
    await subject.docker.imageTag("busybox:local", { repo: name.split(":")[0] ?? "", tag: "1" });
    const { Id } = await subject.docker.imageInspect(name);
    must(Id === (await subject.docker.imageInspect("busybox:local")).Id, "it names another image");
  },
  async ImageDelete(subject) {
    const name = subject.imageName("delete");
    await subject.docker.imageTag("busybox:local", { repo: name.split(":")[0] ?? "", tag: "1" });
    const deleted = await subject.docker.imageDelete(name);
    must(
      deleted.some(({ Untagged }) => Untagged?.endsWith(name)),
      "it is not said what was deleted",
    );
    must(!(await subject.docker.imageInspect(name).result()).ok, "it is still there");
  },
  async ImageCommit(subject) {
    const name = subject.imageName("commit");
    const container = await subject.exited(["touch", "/committed"]);
    const options = { container, repo: name.split(":")[0] ?? "", tag: "1" };
    const committed = await subject.docker.imageCommit(options).result();
    const { Id } = committed.ok ? committed.data : await subject.docker.imageCommit({ ...options, body: {} });
    const { Id: inspected } = await subject.docker.imageInspect(name);
    must(inspected.endsWith(Id), "the ID is another");
    return [Id !== inspected && 'the ID has no "sha256:"', !committed.ok && "it needs a body, `{}`"];
  },
  async ImageBuild(subject) {
    const t = [subject.imageName("build")];
    const progress = await subject.docker.imageBuild({
      body: await dockerfile("FROM busybox:local\nRUN touch /built\n"),
      t,
    });
    let id = "";
    for await (const { aux } of progress) id = (aux as { ID?: string } | undefined)?.ID ?? id;
    must(id === (await subject.docker.imageInspect(t[0] ?? "")).Id, "the ID is another");
    const failing = await subject.docker.imageBuild({
      body: await dockerfile("FROM busybox:local\nRUN false\n"),
    });
    const failed = await failing.done().then(
      () => false,
      () => true,
    );
    must(failed, "a step that fails is not an error");
  },
  async ImageGet(subject) {
    const { docker } = subject;
    must(
      (await bytesOf((await docker.imageGet("busybox:local")).toNode())).includes("manifest.json"),
      "the tar lacks its manifest",
    );
    const missing = await docker.imageGet("sdk-survey-none:1").result();
    must(!missing.ok && missing.status === 404, "a missing image is not 404");
    // As the first call of a client: an Engine that takes any version would export another platform.
    await using fresh = new Docker({ host: subject.host });
    const other = await fresh.imageGet("busybox:local", "linux/arm64").result();
    must(!other.ok, "another platform is exported as if it were wanted");
    return [other.error.code === "ERR_DOCKER_UNSUPPORTED" && "the option platform is refused"];
  },
  async ImageGetAll(subject) {
    const { docker } = subject;
    const names = ["busybox:local", `${await inRegistry(subject, "all")}:1`];
    const tar = await bytesOf((await docker.imageGetAll({ names })).toNode());
    for (const name of names) must(tar.includes(name), `the tar lacks ${name}`);
    const missing = await docker.imageGetAll({ names: ["sdk-survey-none:1"] }).result();
    must(!missing.ok, "a missing image does not fail");
    return [missing.status !== 404 && `a missing image is ${missing.status}`];
  },
  async ImageLoad({ docker }) {
    const tar = await bytesOf((await docker.imageGet("busybox:local")).toNode());
    await (await docker.imageLoad({ body: tar })).done();
    const call = docker.imageLoad({ body: Buffer.from("no tar") });
    const failed = await call
      .then((progress) => progress.done())
      .then(
        () => false,
        () => true,
      );
    return [!failed && "what is not a tar does not fail"];
  },
  async ImagePrune(subject) {
    const label = subject.name("prune");
    const body = await dockerfile(`FROM busybox:local\nLABEL ${label}=\n`);
    const { id: built = "" } = await subject.docker.build(body);
    subject.atEnd(() => subject.docker.imageDelete(built));
    const { ImagesDeleted } = await subject.docker.imagePrune({
      filters: { label: [label], dangling: ["true"] },
    });
    must(
      ImagesDeleted?.some(({ Deleted }) => Deleted && built.endsWith(Deleted.replace("sha256:", ""))),
      "the image is not among the deleted ones",
    );
  },
  async ImagePush(subject) {
    const repo = await inRegistry(subject, "push");
    const push = async (password: string): Promise<void> => {
      const login = { ...LOGIN, password };
      await (await subject.docker.imagePush(repo, { tag: "1", "X-Registry-Auth": login })).done();
    };
    await push(LOGIN.password);
    const failed = await push("wrong").then(
      () => undefined,
      (error: Error) => error,
    );
    must(failed, "a wrong password does not fail");
    return [failed.name !== "StreamError" && "a failure is a status, not in the stream"];
  },
  async ImageCreate(subject) {
    const repo = await inRegistry(subject, "create");
    await subject.docker.push(`${repo}:1`, { auth: LOGIN });
    await subject.docker.imageDelete(`${repo}:1`);
    await (await subject.docker.imageCreate({ fromImage: repo, tag: "1", "X-Registry-Auth": LOGIN })).done();
    must((await subject.docker.imageInspect(`${repo}:1`).result()).ok, "it is not there");
    const call = subject.docker.imageCreate({
      fromImage: `${repo}-none`,
      tag: "1",
      "X-Registry-Auth": LOGIN,
    });
    const failed = await call
      .then((progress) => progress.done())
      .then(
        () => undefined,
        (error: Error) => error,
      );
    must(failed, "a missing image does not fail");
    return [
      failed.name === "StreamError" && "a missing image fails in the stream",
      failed.name === "EngineError" &&
        (failed as Error & { status?: number }).status === 500 &&
        "a missing image is 500",
    ];
  },
  async DistributionInspect(subject) {
    const repo = await inRegistry(subject, "distribution");
    await subject.docker.push(`${repo}:1`, { auth: LOGIN });
    must(
      (await subject.docker.distributionInspect(`${repo}:1`, { "X-Registry-Auth": LOGIN })).Descriptor,
      "there is no descriptor",
    );
  },
  async SystemAuth({ docker }) {
    const right = await docker.systemAuth(LOGIN).result();
    // The registry has no TLS.
    if (!right.ok && right.error.message.includes("https://")) return ["a registry without TLS is not asked"];
    must(right.ok, "the login is refused");
    const wrong = await docker.systemAuth({ ...LOGIN, password: "wrong" }).result();
    must(!wrong.ok, "a wrong password does not fail");
    return [wrong.status !== 401 && wrong.status !== 500 && `a wrong password is ${wrong.status}`];
  },
  async BuildPrune({ docker }) {
    await docker.buildPrune({ filters: { id: ["sdk-survey-none"] } });
  },
};
