import { execFile } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

const openssl = (folder: string, ...args: string[]) => promisify(execFile)("openssl", args, { cwd: folder });

/** A certificate and its key, as PEM. */
export interface Pair {
  readonly cert: Buffer;
  readonly key: Buffer;
}

/** What is asked of a certificate. */
export interface Request {
  /** For file names and as the subject. */
  readonly name: string;
  readonly usage: "serverAuth" | "clientAuth";
  /** Such as "IP:127.0.0.1". */
  readonly altName?: string;
  /** Days it is valid; none for one that has expired. */
  readonly days?: number;
}

/** A certificate authority in a folder of its own, made with openssl. */
export class Authority {
  readonly #folder: string;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  static async make(folder: string): Promise<Authority> {
    const key = ["-newkey", "rsa:2048", "-nodes", "-keyout", "ca-key.pem"];
    await openssl(folder, "req", "-x509", ...key, "-days", "2", "-subj", "/CN=sdk-test-ca", "-out", "ca.pem");
    return new Authority(folder);
  }

  /** One that exists: ca.pem and ca-key.pem of another folder. */
  static async of(existing: string, folder: string): Promise<Authority> {
    for (const file of ["ca.pem", "ca-key.pem"])
      await writeFile(join(folder, file), await readFile(join(existing, file)));
    return new Authority(folder);
  }

  get certificate(): Promise<Buffer> {
    return readFile(join(this.#folder, "ca.pem"));
  }

  async issue({ name, usage, altName = "DNS:sdk-test", days = 2 }: Request): Promise<Pair> {
    const file = (kind: string): string => `${name}-${kind}`;
    await openssl(
      this.#folder,
      "req",
      "-newkey",
      "rsa:2048",
      "-nodes",
      "-subj",
      `/CN=${name}`,
      "-keyout",
      file("key.pem"),
      "-out",
      file("csr"),
    );
    await writeFile(
      join(this.#folder, file("ext")),
      `extendedKeyUsage=${usage}\nsubjectAltName=${altName}\n`,
    );
    const by = ["-CA", "ca.pem", "-CAkey", "ca-key.pem", "-set_serial", String(Date.now())];
    await openssl(
      this.#folder,
      "x509",
      "-req",
      "-in",
      file("csr"),
      ...by,
      "-days",
      String(days),
      "-extfile",
      file("ext"),
      "-out",
      file("cert.pem"),
    );
    const [cert, key] = await Promise.all(
      ["cert.pem", "key.pem"].map((kind) => readFile(join(this.#folder, file(kind)))),
    );
    return { cert: cert as Buffer, key: key as Buffer };
  }
}
