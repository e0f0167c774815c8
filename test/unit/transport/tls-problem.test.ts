import { tlsProblem } from "../../../src/transport/tls-problem.js";

const error = (code: string, message = "") => Object.assign(new Error(message), { code });
const eproto = (reason: string) =>
  error(
    "EPROTO",
    `write EPROTO 80AC:error:0A00010B:SSL routines:ssl3_get_record:${reason}:../ssl3_record.c:350:\n`,
  );

test.each([
  { given: error("CERT_HAS_EXPIRED"), want: "its certificate has expired" },
  { given: error("DEPTH_ZERO_SELF_SIGNED_CERT"), want: "an unknown authority" },
  { given: error("ERR_TLS_CERT_ALTNAME_INVALID"), want: "for other host names" },
  { given: error("ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED"), want: "it wants a client certificate" },
  { given: error("ERR_SSL_TLSV1_ALERT_UNKNOWN_CA"), want: "another authority signed it" },
  { given: error("ERR_SSL_SSLV3_ALERT_CERTIFICATE_EXPIRED"), want: "the client certificate has expired" },
  { given: error("ERR_SSL_SSL/TLS_ALERT_CERTIFICATE_EXPIRED"), want: "the client certificate has expired" },
  { given: error("ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION"), want: "does not speak TLS 1.2" },
  { given: error("ERR_SSL_WRONG_VERSION_NUMBER"), want: "does not speak TLS." },
  { given: eproto("wrong version number"), want: "does not speak TLS." },
  {
    given: eproto("ssl/tls alert bad certificate"),
    want: "does not accept the client certificate, or wants one",
  },
  { given: eproto("no shared cipher"), want: "the TLS handshake failed (no shared cipher)" },
  { given: error("ECONNREFUSED"), want: undefined },
  { given: error("EPROTO", "write EPROTO"), want: undefined },
])("$given.code $given.message means: $want", ({ given, want }) => {
  if (want === undefined) expect(tlsProblem(given)).toBeUndefined();
  else expect(tlsProblem(given)).toContain(want);
});
