import { generateKeyPairSync, type KeyObject, sign } from "node:crypto";

/** A self-signed certificate and its key, as PEM. Made for each run, so that no key is ever committed. */
export function makeCertificate(kind: "ed25519" | "ec" = "ed25519"): {
  cert: string;
  key: string;
  encryptedKey: string;
} {
  const { publicKey, privateKey } =
    kind === "ec" ? generateKeyPairSync("ec", { namedCurve: "P-256" }) : generateKeyPairSync("ed25519");
  return {
    cert: pem("CERTIFICATE", selfSigned(publicKey, privateKey, kind)),
    key: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    encryptedKey: privateKey
      .export({ type: "pkcs8", format: "pem", cipher: "aes-256-cbc", passphrase: "secret" })
      .toString(),
  };
}

const der = (tag: number, ...parts: Buffer[]): Buffer => {
  const body = Buffer.concat(parts);
  const length =
    body.length < 128
      ? [body.length]
      : body.length < 256
        ? [0x81, body.length]
        : [0x82, body.length >> 8, body.length & 255];
  return Buffer.concat([Buffer.from([tag, ...length]), body]);
};
const sequence = (...parts: Buffer[]): Buffer => der(0x30, ...parts);
const bits = (content: Buffer): Buffer => der(0x03, Buffer.from([0]), content);
const time = (text: string): Buffer => der(0x17, Buffer.from(text));

/** The object identifiers of RFC 8410 and RFC 5758. */
const ALGORITHM = { ed25519: "2b6570", ec: "2a8648ce3d040302" };

/** The least a certificate of RFC 5280 can be: version 1, for nobody. */
function selfSigned(publicKey: KeyObject, privateKey: KeyObject, kind: keyof typeof ALGORITHM): Buffer {
  const algorithm = sequence(der(0x06, Buffer.from(ALGORITHM[kind], "hex")));
  const name = sequence();
  const toBeSigned = sequence(
    der(0x02, Buffer.from([1])),
    algorithm,
    name,
    sequence(time("200101000000Z"), time("491231235959Z")),
    name,
    publicKey.export({ type: "spki", format: "der" }),
  );
  return sequence(toBeSigned, algorithm, bits(sign(kind === "ec" ? "sha256" : null, toBeSigned, privateKey)));
}

function pem(label: string, content: Buffer): string {
  return `-----BEGIN ${label}-----\n${content.toString("base64").replace(/.{64}/g, "$&\n")}\n-----END ${label}-----\n`;
}
