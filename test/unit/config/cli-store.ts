/**
 * What docker CLI 28.2.2 wrote for `docker context create` of prod (ca, cert and key), lax (skip-tls-verify=true), box
 * and colima, and for `docker context use prod`: contents by path. The null of a PEM stands for one made for the test run.
 */
export const cliStore: Readonly<Record<string, string | null>> = {
  "config.json": '{\n\t"auths": {},\n\t"currentContext": "prod"\n}',
  "contexts/meta/26f8567f2569182294c3fa5b9f9cb2270b554eef628b4c149cf82a42888ff4ae/meta.json":
    '{"Name":"box","Metadata":{},"Endpoints":{"docker":{"Host":"ssh://me@box","SkipTLSVerify":false}}}',
  "contexts/meta/6754af9632a2745e85c293e5aac0863370d9bd3330b9938c00cadfd215227d77/meta.json":
    '{"Name":"prod","Metadata":{"Description":"The big one"},"Endpoints":{"docker":{"Host":"tcp://10.0.0.5:2376","SkipTLSVerify":false}}}',
  "contexts/meta/b11e23303e7d8bc69ecf65d611409528002d7a0151abbd93de3d325908d69498/meta.json":
    '{"Name":"lax","Metadata":{},"Endpoints":{"docker":{"Host":"tcp://10.0.0.6:2376","SkipTLSVerify":true}}}',
  "contexts/meta/f24fd3749c1368328e2b149bec149cb6795619f244c5b584e844961215dadd16/meta.json":
    '{"Name":"colima","Metadata":{},"Endpoints":{"docker":{"Host":"unix:///home/me/.colima/default/docker.sock","SkipTLSVerify":false}}}',
  "contexts/tls/6754af9632a2745e85c293e5aac0863370d9bd3330b9938c00cadfd215227d77/docker/ca.pem": null,
  "contexts/tls/6754af9632a2745e85c293e5aac0863370d9bd3330b9938c00cadfd215227d77/docker/cert.pem": null,
  "contexts/tls/6754af9632a2745e85c293e5aac0863370d9bd3330b9938c00cadfd215227d77/docker/key.pem": null,
};
