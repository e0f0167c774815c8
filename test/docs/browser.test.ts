import { mkdir, readFile, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join } from "node:path";
import { type ChromiumPage, inChromium } from "../helpers/chromium.js";
import { type TemporaryFolder, temporaryFolder } from "../helpers/temporary-folder.js";
import { files, folder } from "./site.js";

const chromium = process.env.CHROMIUM ?? "/usr/bin/chromium";

const DESKTOP = [1400, 1000] as const;
const PHONE = [420, 900] as const;

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
};

let server: Server;
let address: string;
let temporary: TemporaryFolder;
/** Where the pictures go, for people to look at. */
let pictures: string;

beforeAll(async () => {
  temporary = await temporaryFolder();
  pictures = process.env.DOCS_PICTURES ?? join(temporary.path, "pictures");
  await mkdir(pictures, { recursive: true });
  server = createServer(async ({ url = "/" }, response) => {
    const path = decodeURI(new URL(url, "http://localhost").pathname.slice(1)) || "index.html";
    if (!files.has(path)) response.writeHead(404).end();
    else {
      const type = TYPES[extname(path)] ?? "text/plain; charset=utf-8";
      response.writeHead(200, { "content-type": type }).end(await readFile(join(folder, path)));
    }
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
});

afterAll(async () => {
  server.closeAllConnections();
  await new Promise((closed) => server.close(closed));
  await temporary.remove();
});

/** A visitor, who notes what goes wrong and what is asked of other machines. */
class Visitor {
  readonly #page: ChromiumPage;
  readonly problems: string[] = [];
  readonly requests: string[] = [];

  constructor(page: ChromiumPage) {
    this.#page = page;
    page.on("Network.requestWillBeSent", ({ request }) => {
      this.requests.push((request as { url: string }).url);
    });
    page.on("Network.responseReceived", ({ response }) => {
      const { status, url } = response as { status: number; url: string };
      if (status >= 400) this.problems.push(`${status} ${url}`);
    });
    page.on("Runtime.exceptionThrown", ({ exceptionDetails }) => {
      this.problems.push(JSON.stringify(exceptionDetails));
    });
    page.on("Log.entryAdded", ({ entry }) => this.problems.push(JSON.stringify(entry)));
  }

  async begin(): Promise<void> {
    for (const domain of ["Network", "Runtime", "Log", "Page"]) await this.#page.do(`${domain}.enable`);
    await this.#page.resize(...DESKTOP);
  }

  async open(path: string): Promise<void> {
    await this.#page.do("Page.navigate", { url: `${address}${path}` });
    await this.until(`${path} has loaded`, "document.readyState === 'complete' && !!window.searchData");
  }

  /** Waits until an expression of the page is true. */
  async until(what: string, expression: string): Promise<void> {
    const deadline = Date.now() + 20_000;
    while ((await this.#page.evaluate(expression)) !== "true") {
      if (Date.now() > deadline) throw new Error(`waited in vain: ${what}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  /** Types words into the search, and returns the results: the page that each leads to. */
  async search(words: string): Promise<string[]> {
    await this.#page.evaluate(
      "document.getElementById('tsd-search').open || document.getElementById('tsd-search-trigger').click()",
    );
    await this.#page.evaluate("document.getElementById('tsd-search-input').select()");
    await this.#page.type(words);
    const results = "[...document.querySelectorAll('#tsd-search-results a')]";
    await this.until(
      `results for ${words}`,
      `${results}.length > 0 && document.getElementById('tsd-search-input').value === ${JSON.stringify(words)}`,
    );
    // The list follows the typing after a pause.
    await new Promise((resolve) => setTimeout(resolve, 400));
    const found = await this.#page.evaluate(`JSON.stringify(${results}.map((link) => link.href))`);
    return (JSON.parse(found) as string[]).map((url) => url.replace(address, ""));
  }

  async follow(expression: string): Promise<void> {
    // Scripts make some links.
    await this.until(expression, `!!${expression}`);
    await this.#page.evaluate(`${expression}.click()`);
  }

  async picture(name: string, [width, height]: readonly [number, number]): Promise<void> {
    await this.#page.resize(width, height);
    let picture = Buffer.alloc(0);
    // A page that is not painted yet compresses to less, and a long one takes a while.
    for (const end = Date.now() + 10_000; picture.length <= 15_000 && Date.now() < end; ) {
      const { data } = await this.#page.do("Page.captureScreenshot", { format: "png" });
      picture = Buffer.from(String(data), "base64");
    }
    await this.#page.resize(...DESKTOP);
    expect([name, picture.length > 15_000]).toEqual([name, true]);
    await writeFile(join(pictures, `${name}.png`), picture);
  }

  evaluate(expression: string): Promise<string> {
    return this.#page.evaluate(expression);
  }
}

async function visit(use: (visitor: Visitor) => Promise<void>): Promise<void> {
  await inChromium(chromium, join(temporary.path, "profile"), async (page) => {
    const visitor = new Visitor(page);
    await visitor.begin();
    await use(visitor);
    expect(visitor.problems).toEqual([]);
    expect(visitor.requests.filter((url) => !url.startsWith(address) && !url.startsWith("data:"))).toEqual(
      [],
    );
    expect(visitor.requests.length).toBeGreaterThan(5);
  });
}

/** Words of each kind, and where they lead. */
const SEARCHES = [
  ["credential helpers", "docs/logins.html#credential-helpers"],
  ["containerCreate", "classes/docker-engine-sdk.Docker.html#containercreate"],
  ["NanoCpus", "interfaces/docker-engine-sdk.HostConfig.html#nanocpus"],
  ["StreamError", "classes/docker-engine-sdk.StreamError.html"],
  ["/containers/{id}/archive", "http/container.html#get-containersidarchive"],
] as const;

const PICTURES = {
  home: "index.html",
  guide: "docs/streams.html",
  operations: "docs/operations.html",
  method: "classes/docker-engine-sdk.Docker.html#containercreate",
  options: "interfaces/docker-engine-sdk.RunOptions.html",
  http: "http/container.html#post-containerscreate",
};

test("finds a guide, a method, a field, an error and a path of the API", () =>
  visit(async (visitor) => {
    await visitor.open("index.html");
    for (const [words, page] of SEARCHES) {
      const found = await visitor.search(words);
      expect([words, found.slice(0, 3)]).toEqual([words, expect.arrayContaining([page])]);
      if (words === "containerCreate") await visitor.picture("search", DESKTOP);
    }
    await visitor.follow("document.querySelector('#tsd-search-results a')");
    await visitor.until("the result is open", "location.pathname === '/http/container.html'");
  }));

test("shows each kind of page, on a desktop and on a phone", () =>
  visit(async (visitor) => {
    for (const [name, path] of Object.entries(PICTURES)) {
      await visitor.open(path);
      await visitor.picture(name, DESKTOP);
      await visitor.picture(`${name}-phone`, PHONE);
      const overflow = "document.documentElement.scrollWidth - document.documentElement.clientWidth";
      expect([name, await visitor.evaluate(overflow)]).toEqual([name, "0"]);
    }
  }));

test("follows links from the front page to a guide, an operation and its request", () =>
  visit(async (visitor) => {
    const arrived = (path: string): Promise<void> =>
      visitor.until(
        path,
        `location.href === ${JSON.stringify(address + path)} && document.readyState === 'complete'`,
      );
    const link = (end: string): string => `document.querySelector('.col-content a[href$="${end}"]')`;
    await visitor.open("index.html");
    const guide = "document.querySelector('.col-sidebar a[href$=\"docs/workflows.html\"]')";
    await visitor.until("the guides are unfolded", `!!${guide}?.checkVisibility()`);
    await visitor.follow("document.querySelector('.col-sidebar a[href$=\"docs/operations.html\"]')");
    await arrived("docs/operations.html");
    await visitor.follow(link("Docker.html#containercreate"));
    await arrived("classes/docker-engine-sdk.Docker.html#containercreate");
    await visitor.open("docs/operations.html");
    await visitor.follow(link("container.html#post-containerscreate"));
    await arrived("http/container.html#post-containerscreate");
    await visitor.follow(link("#containercreaterequest"));
    await arrived("http/container.html#containercreaterequest");
  }));
