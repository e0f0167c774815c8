import { execFile, execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import type { BuildOptions } from "../../../src/index.js";
import { containerd, useEngine } from "../engine.js";

/**
 * What `docker.build` and Debian's `docker buildx build` make of the same folder: the same configuration and history, and the
 * same layers, byte for byte. The second build finds the steps of the first in the Engine's cache only if it asked for the same
 * steps with the same files.
 */

const home = process.env.ENGINE_HOME ?? "/var/tmp/docker-engine-sdk";
const buildx = join(home, "roots/forky/usr/libexec/docker/cli-plugins/docker-buildx");

const FROM = "FROM busybox:local\n";

interface Case {
  readonly dockerfile: string;
  readonly files?: Readonly<Record<string, string>>;
  /** Run in the folder, for what writing files cannot make. */
  readonly script?: string;
  readonly options?: BuildOptions;
  readonly flags?: readonly string[];
}

const cases: Readonly<Record<string, Case>> = {
  "a command": { dockerfile: `${FROM}RUN cat /proc/sys/kernel/random/uuid >/uuid\n` },
  "stages and a target": {
    dockerfile: `${FROM.trim()} AS a\nRUN cat /proc/sys/kernel/random/uuid >/uuid\nFROM scratch AS b\nCOPY --from=a /uuid /\nFROM b\nENV C=1\n`,
    options: { target: "b" },
    flags: ["--target", "b"],
  },
  "arguments and labels": {
    dockerfile: `ARG TAG=none\nFROM busybox:$TAG\nARG A=1\nARG B=2\nENV A=$A B=\${B:-3}\nRUN echo $A $B >/words\n`,
    options: { buildArgs: { TAG: "local", A: "x y", B: null }, labels: { "a.b": "c=d" } },
    flags: ["--build-arg", "TAG=local", "--build-arg", "A=x y", "--label", "a.b=c=d"],
  },
  "settings of the image": {
    dockerfile: `${FROM}WORKDIR /work\nUSER 1000:7\nEXPOSE 80 53/udp\nVOLUME ["/data"]\nHEALTHCHECK --interval=5s CMD true\nSTOPSIGNAL SIGINT\nSHELL ["/bin/sh", "-c"]\nONBUILD RUN x\nENTRYPOINT ["a"]\nCMD ["b"]\n`,
  },
  "an ignore file with exceptions": {
    dockerfile: `${FROM}COPY . /context\n`,
    files: {
      a: "a",
      "a.log": "b",
      "keep.log": "c",
      "d/e/f": "d",
      "d/e/g": "e",
      "d/h": "f",
      ".dockerignore": "*.log\n!keep.log\nd\n!d/e/f\n.dockerignore\n",
    },
  },
  "an ignore file of its own": {
    dockerfile: "FROM scratch\n",
    files: {
      "docker/x": `${FROM}COPY . /\n`,
      "docker/x.dockerignore": "secret\ndocker\n",
      ".dockerignore": "a\n",
      a: "a",
      secret: "b",
    },
    options: { dockerfile: "docker/x" },
    flags: ["--file", "docker/x"],
  },
  "links, modes, empty folders and odd names": {
    dockerfile: `${FROM}COPY --chown=7:8 . /context/\n`,
    script:
      "mkdir -p d/empty 'sp ace' ü; echo x >d/x; ln d/x d/hard; ln -s x d/link; ln -s /none abs; chmod 4751 d/x; chmod 700 d; echo 1 >'sp ace/a, %41☺'; : >ü/é",
  },
  "wildcards and single files": {
    dockerfile: `${FROM}COPY *.txt dir/?.md /w/\nCOPY --chmod=600 one.txt /one\nCOPY link /followed\n`,
    files: { "one.txt": "1", "two.txt": "2", "dir/a.md": "3", "dir/bb.md": "4" },
    script: "ln -s one.txt link",
  },
  "an archive to unpack": {
    dockerfile: `${FROM}ADD in.tar.gz /unpacked/\n`,
    script: "mkdir in; echo 1 >in/a; tar -czf in.tar.gz in",
  },
  "a script in the Dockerfile": {
    dockerfile: `${FROM}RUN <<EOF\ncat /proc/sys/kernel/random/uuid >/uuid\necho done >>/uuid\nEOF\nCOPY <<"EOF" /file\n$HOME\nEOF\n`,
  },
  mounts: {
    dockerfile: `${FROM}RUN --mount=type=secret,id=s --mount=type=cache,target=/c --mount=type=bind,source=a,target=/a cp /a /b; wc -c </run/secrets/s >/n\n`,
    files: { a: "a" },
    options: { secrets: { s: "12345" } },
    flags: ["--secret", "id=s,env=SDK_TEST_BUILDX"],
  },
  "a Dockerfile elsewhere, hosts and no network": {
    dockerfile: "FROM scratch\n",
    files: { "../elsewhere": `${FROM}COPY a /\nRUN busybox cat /etc/hosts >/hosts\n`, a: "a" },
    options: { dockerfile: "../elsewhere", addHosts: ["one.test:10.0.0.1"], network: "none" },
    flags: ["--file", "../elsewhere", "--add-host", "one.test:10.0.0.1", "--network", "none"],
  },
};

test("buildx is looked for", () => {
  if (!existsSync(buildx))
    process.stderr.write(`engine tests: ${buildx} is not there, so no build is compared\n`);
  expect(Object.keys(cases)).toHaveLength(12);
});

if (existsSync(buildx)) {
  describe("a build is what docker buildx makes", () => {
    const { docker, imageName, path } = useEngine(containerd);

    test.each(Object.entries(cases))(
      "of %s",
      async (name, { dockerfile, files = {}, script, options, flags = [] }) => {
        const folder = join(path(name.replaceAll(/\W/g, "-")), "context");
        for (const [file, content] of Object.entries({ Dockerfile: dockerfile, ...files })) {
          await mkdir(dirname(join(folder, file)), { recursive: true });
          await writeFile(join(folder, file), content);
        }
        if (script !== undefined) execFileSync("sh", ["-c", script], { cwd: folder });
        const [ours, theirs] = [imageName("ours"), imageName("theirs")];
        await docker.build(folder, { ...options, tags: ours });
        const env = {
          ...process.env,
          DOCKER_HOST: containerd.host,
          DOCKER_CONFIG: path("docker"),
          SDK_TEST_BUILDX: "12345",
        };
        const plain = ["--builder", "default", "--provenance=false", "--sbom=false"];
        await promisify(execFile)(buildx, ["build", ...plain, ...flags, "-t", theirs, "."], {
          cwd: folder,
          env,
        });
        const made = async (image: string) => {
          const { Architecture, Config, Os, RootFS } = await docker.imageInspect(image);
          const history = (await docker.imageHistory(image)).map(({ CreatedBy, Comment }) => [
            CreatedBy,
            Comment,
          ]);
          return { Architecture, Config, Os, RootFS, history };
        };
        expect(await made(ours)).toEqual(await made(theirs));
      },
    );

    test("of a folder whose ignore file has any of these rules", async () => {
      const files = [
        "a.txt",
        "a.log",
        "keep.log",
        "d/a.log",
        "d/b.txt",
        "d/e/a.log",
        "d/e/c.txt",
        "n/x/y",
        "[x]",
        "ü/a",
      ];
      const rules = [
        ...["*.log", "**/*.log", "d", "d/", "/d", "d/*", "d/**", "*/e", "**/e", "n/x", "?.txt", "[ab].txt"],
        ...["\\[x]", "ü", "*", "**", ".", "*\n!d/e", "d\n!d/e/c.txt", "**/*.log\n!keep.log", "*\n!d/**"],
        ...[
          "!a.log\n*.log",
          "# d\n\n  d  ",
          "Dockerfile",
          ".dockerignore",
          "./d/../a.log",
          "d/e/../b.txt",
          "A.TXT",
        ],
      ];
      const differing: string[] = [];
      const waiting = [...rules.entries()];
      const work = async (): Promise<void> => {
        for (let next = waiting.pop(); next; next = waiting.pop()) {
          const [number, rule] = next;
          const folder = path(`rules-${number}`);
          const [ours, theirs] = [path(`ours-${number}`), path(`theirs-${number}`)];
          for (const file of ["Dockerfile", ...files]) {
            await mkdir(dirname(join(folder, file)), { recursive: true });
            await writeFile(join(folder, file), "FROM scratch\nCOPY . /\n");
          }
          await writeFile(join(folder, ".dockerignore"), rule);
          const env = { ...process.env, DOCKER_HOST: containerd.host, DOCKER_CONFIG: path("docker") };
          const flags = ["build", "--builder", "default", "--output", `type=tar,dest=${theirs}`, folder];
          const [built, error] = await Promise.all([
            promisify(execFile)(buildx, flags, { env }).then(
              () => true,
              () => false,
            ),
            docker.build(folder, { outputs: { type: "tar", dest: ours } }).then(
              () => undefined,
              (failure: Error) => failure,
            ),
          ]);
          if (built === error instanceof Error) differing.push(`${rule}: buildx ${built}, ours ${error}`);
          if (!built || error instanceof Error) continue;
          const [want, got] = [theirs, ours].map((tar) => String(execFileSync("tar", ["-tf", tar])));
          if (want !== got) differing.push(`${rule}:\n${want}\nours:\n${got}`);
        }
      };
      await Promise.all([work(), work(), work(), work()]);
      expect(differing).toEqual([]);
    });
  });
}
