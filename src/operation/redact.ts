/** Query parameters that may carry secrets: values passed to a build, and a remote's address with a login in it. */
const SECRET = /([?&](?:buildargs|remote)=)[^&]*/g;

/** A path and query fit to be shown in an error. */
export function redactUrl(url: string): string {
  return url.replace(SECRET, "$1***");
}
