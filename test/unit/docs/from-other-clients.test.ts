import { readFileSync } from "node:fs";
import { join } from "node:path";
import { documentedOperations, readDescription, readEquivalents } from "../../../scripts/docs/operations.js";
import * as sdk from "../../../src/index.js";
import { pairsOf } from "../../helpers/pairs.js";

const { ConfigError, Docker } = sdk;

const pageText = (page: string): string => readFileSync(join(process.cwd(), "docs", page), "utf8");

/** The rows of the table under a heading: what is between backticks in the first two cells. */
function rowsOf(
  page: string,
  heading: string,
): { readonly left: string; readonly right: readonly string[] }[] {
  const [, section = ""] = pageText(page).split(`\n## ${heading}\n`);
  const [table = ""] = section.split(/^##/m);
  return [...table.matchAll(/^\| `([^`]+)`[^|]* \| (.*) \|$/gm)].map(([, left = "", cell = ""]) => ({
    left,
    right: [...cell.matchAll(/`([^`]+)`/g)].map(([, code = ""]) => code),
  }));
}

/** What the cells of the tables mention. */
const scope = {
  ...{ ca: "ca", cert: "cert", key: "key", sshOptions: {}, agent: {}, headers: { "X-Meta": "1" } },
  ...{ host: "tcp://10.0.0.5:2375", socket: undefined, Docker, DockerClient: Docker },
};

/** Evaluates a cell. */
const evaluate = (code: string): unknown =>
  new Function(...Object.keys(scope), `return (${code.replace(/^await /, "")})`)(...Object.values(scope));

function messageOf(attempt: () => unknown): string {
  try {
    attempt();
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  throw new Error("nothing is refused");
}

describe("docs/from-dockerode.md", () => {
  const rows = rowsOf("from-dockerode.md", "The client");

  test("has a table of options", () => {
    expect(rows.length).toBeGreaterThan(12);
  });

  test.each(rows)(
    "the options $left are refused with what the table says, unless they are the same",
    (row) => {
      const { left, right } = row;
      const [own = ""] = right;
      expect(() => new Docker(evaluate(own) as object)).not.toThrow();
      const attempt = () => new Docker(evaluate(left) as object);
      if (left === own) expect(attempt).not.toThrow();
      else if (own === "{}") expect(messageOf(attempt)).toContain(`omit ${left.replaceAll(/[{} ]/g, "")}: `);
      else expect(messageOf(attempt)).toContain(`write new Docker(${own})`);
    },
  );
});

describe("docs/from-node-sdk.md", () => {
  const rows = rowsOf("from-node-sdk.md", "The client").filter(({ left }) => left.includes(".from"));

  test("has a table of the ways to make a client", () => {
    expect(rows.length).toBeGreaterThan(6);
  });

  test.each(rows)("$left is refused with what the table says", ({ left, right }) => {
    const [own = ""] = right;
    expect(() => evaluate(own)).not.toThrow();
    expect(messageOf(() => evaluate(left))).toContain(
      own.replace("host, ", 'host: "tcp://10.0.0.5:2375", ').replace(", ...headers", ""),
    );
  });
});

describe.each(["from-dockerode.md", "from-node-sdk.md"])(
  "the table of options of calls in docs/%s",
  (page) => {
    const [, section = ""] = pageText(page).split("\n### Options of calls\n");
    const [table = ""] = section.split(/^##/m);
    const cells = /^\| `([^`]+)` \| `([^`]+)` \| (.*) \|$/gm;
    /** What a cell says to write: its code, which may be between prose; or prose alone. */
    const writtenIn = (cell: string): string =>
      /`(.+?)`(?:[;,:]| in |$)/.exec(cell)?.[1] ?? cell.replace(/^nothing: /, "");
    const rows = [...table.matchAll(cells)].map(([, option = "", method = "", cell = ""]) => ({
      option,
      method,
      write: writtenIn(cell),
    }));
    /** Messages name an option as it is, and the page as JavaScript needs it: "one-shot". */
    const unquoted = (name: string): string => name.replace(/^"([\w-]+)"$/, "$1");
    const connect = jest.fn(() => Promise.reject(new Error("nothing may be sent")));
    const docker = new Docker({ connect });
    /** What precedes the options. */
    const before: Readonly<Record<string, readonly unknown[]>> = {
      ...{
        containerList: [],
        imageCreate: [],
        imageBuild: [],
        imageList: [],
        buildPrune: [],
        imageCommit: [],
      },
      ...{
        build: [Buffer.of()],
        load: [Buffer.of()],
        run: ["x", []],
        exec: ["x", ["true"]],
        containerCreate: [{}],
      },
    };

    afterAll(() => docker.close());

    test("has many rows, and all of them are understood", () => {
      expect(rows.length).toBeGreaterThan(10);
      expect(rows.length).toBe(table.match(/^\| `/gm)?.length);
    });

    test.each(rows)("$option of $method is refused; write $write", async ({ option, method, write }) => {
      const methods = docker as unknown as Record<string, (...args: unknown[]) => Promise<unknown>>;
      const call = methods[method]?.(...(before[method] ?? ["x"]), { [option]: 1 });
      await expect(call).rejects.toThrow(sdk.ArgumentError);
      await expect(call).rejects.toThrow(`the option ${option} is unknown; `);
      await expect(call).rejects.toThrow(unquoted(write));
      expect(connect).not.toHaveBeenCalled();
    });
  },
);

test.each(["from-dockerode.md", "from-node-sdk.md"])("what the table of %s says to call is there", (page) => {
  const rows = rowsOf(page, "Every method");
  expect(rows.length).toBeGreaterThan(50);
  const exists = (name: string): boolean => name in Docker.prototype || name in sdk || name === "onProgress";
  const missing = rows.flatMap(({ left, right }) => {
    const [first] = right.map((code) => /^(\w+)/.exec(code)?.[1] ?? "");
    const isHandle = first === undefined && left.startsWith("get");
    const isNothing = page === "from-node-sdk.md" && ["authCredentials", "parseDockerRef"].includes(left);
    return isHandle || isNothing || (first !== undefined && exists(first)) ? [] : [left];
  });
  expect(missing).toEqual([]);
});

test("the table of dockerode's methods and that of the operations say the same", async () => {
  const { operations } = await readEquivalents();
  const rows = rowsOf("from-dockerode.md", "Every method");
  const differs = Object.entries(operations).filter(([id, { dockerode }]) => {
    if (dockerode === undefined) return false;
    const row = rows.find(({ left }) => left === dockerode.replace(/^docker\./, ""));
    return !row?.right.includes(id.charAt(0).toLowerCase() + id.slice(1));
  });
  expect(differs).toEqual([]);
});

test("the table of dockerode's methods and that of the workflows say the same", async () => {
  const { workflows } = await readEquivalents();
  // followProgress has several workflows in its row, as what they have is their option.
  const rows = rowsOf("from-dockerode.md", "Every method").filter(({ left }) => !left.endsWith("Progress"));
  const differs = Object.entries(workflows).flatMap(([name, { dockerode = [] }]) => {
    const listed = dockerode.map((method) => method.replace(/^docker\./, "")).sort();
    const beside = rows.filter(({ right }) => right.includes(name)).map(({ left }) => left);
    // dockerode's checkpoint methods take `request` here, because no operation covers them.
    const shown = beside.filter((left) => !/checkpoint/i.test(left)).sort();
    return listed.join() === shown.join() ? [] : [{ name, listed, shown }];
  });
  expect(differs).toEqual([]);
});

test("docs/from-dockerode.md lists the operations that take their body as an option", async () => {
  const withOption = documentedOperations(await readDescription()).filter(
    ({ operation: { requestBody } }) => requestBody && !("required" in requestBody && requestBody.required),
  );
  const [, listed = ""] = /take it as the option `body`:([^.]*)\./.exec(pageText("from-dockerode.md")) ?? [];
  const names = [...listed.matchAll(/`(\w+)`/g)].map(([, name]) => name);
  expect(names.sort()).toEqual(withOption.map(({ name }) => name).sort());
});

test.each([
  { page: "from-dockerode.md", client: "dockerode" },
  { page: "from-node-sdk.md", client: "@docker/node-sdk" },
])("a pair of $page that says what it prints says it on both sides", async (side) => {
  const pairs = await pairsOf(side);
  expect(pairs.length).toBeGreaterThan(20);
  expect(pairs.filter(({ prints: [other, own] }) => other.length > 0 !== own.length > 0)).toEqual([]);
});
