/** Explains a TLS failure and what to try; undefined if the error is not about TLS. */
export function tlsProblem({ code = "", message }: NodeJS.ErrnoException): string | undefined {
  const reason = openSslReason(code, message);
  if (reason === undefined) return verification[code];
  return handshake[reason] ?? `the TLS handshake failed (${reason.toLowerCase().replaceAll("_", " ")})`;
}

/**
 * OpenSSL's reason, such as ALERT_UNKNOWN_CA, from the code (ERR_SSL_…), or the message if writing failed. The part before
 * ALERT differs between versions.
 */
function openSslReason(code: string, message: string): string | undefined {
  const [, named] = /^ERR_SSL_(.+)$/.exec(code) ?? [];
  const [, said] = /:SSL routines:[^:]*:([^:\n]+)/.exec(message) ?? [];
  return (named ?? said)
    ?.toUpperCase()
    .replaceAll(" ", "_")
    .replace(/^.*_(?=ALERT_)/, "");
}

const unknownAuthority =
  "its certificate is signed by an unknown authority. Provide the CA that signed it (tls.ca, or ca.pem in " +
  "DOCKER_CERT_PATH).";

/** Our verification of the Engine's certificate. */
const verification: Readonly<Record<string, string>> = {
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: unknownAuthority,
  UNABLE_TO_GET_ISSUER_CERT: unknownAuthority,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: unknownAuthority,
  SELF_SIGNED_CERT_IN_CHAIN: unknownAuthority,
  DEPTH_ZERO_SELF_SIGNED_CERT: unknownAuthority,
  CERT_SIGNATURE_FAILURE: unknownAuthority,
  CERT_HAS_EXPIRED: "its certificate has expired. Renew the Engine's certificate, or correct the clock.",
  CERT_NOT_YET_VALID: "its certificate is not valid yet. Correct the clock.",
  ERR_TLS_CERT_ALTNAME_INVALID:
    "its certificate is for other host names. Use one of them, or issue a certificate that has this one.",
};

const noTls = "what listens there does not speak TLS. Check the port, or use tcp:// without TLS.";
const oldTls = "it does not speak TLS 1.2 or later. Update what listens there.";
const refused = "it does not accept the client certificate";

/** The handshake, and the Engine's verification of the client certificate. */
const handshake: Readonly<Record<string, string>> = {
  ALERT_CERTIFICATE_REQUIRED:
    "it wants a client certificate. Give one (tls.cert and tls.key, or cert.pem and key.pem in DOCKER_CERT_PATH).",
  ALERT_UNKNOWN_CA: `${refused}: another authority signed it.`,
  ALERT_CERTIFICATE_EXPIRED: "the client certificate has expired. Issue a new one, or correct its clock.",
  ALERT_CERTIFICATE_REVOKED: `${refused}: it was revoked.`,
  ALERT_BAD_CERTIFICATE: `${refused}, or wants one. It has to be for client authentication, signed by the Engine's CA.`,
  ALERT_UNSUPPORTED_CERTIFICATE: `${refused}. It has to be for client authentication.`,
  ALERT_CERTIFICATE_UNKNOWN: `${refused}.`,
  ALERT_HANDSHAKE_FAILURE:
    "it rejected the handshake. It may require a client certificate, or other ciphers.",
  ALERT_PROTOCOL_VERSION: oldTls,
  UNSUPPORTED_PROTOCOL: oldTls,
  WRONG_VERSION_NUMBER: noTls,
  PACKET_LENGTH_TOO_LONG: noTls,
  HTTP_REQUEST: noTls,
};
