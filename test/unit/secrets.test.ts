import { redactLogins, redactUrl } from "../../src/secrets.js";

test.each([
  { given: "/build?t=a&buildargs=%7B%22TOKEN%22%3A%22x%22%7D&q=1", want: "/build?t=a&buildargs=***&q=1" },
  { given: "/build?remote=https%3A%2F%2Fme%3Apw%40git", want: "/build?remote=***" },
  { given: "/build?labels=%7B%22token%22%3A%22x%22%7D&nocache=true", want: "/build?labels=***&nocache=true" },
  {
    given: "/images/create?fromSrc=https%3A%2F%2Fu%3Apw%40h&repo=a",
    want: "/images/create?fromSrc=***&repo=a",
  },
  { given: "/commit?changes=ENV%20TOKEN%3Dx&container=a", want: "/commit?changes=***&container=a" },
  { given: "/images/buildargs=x/json?manifests=true", want: "/images/buildargs=x/json?manifests=true" },
  {
    given: "/images/create?fromImage=https%3A%2F%2Fu%3Apw%40h%2Fa",
    want: "/images/create?fromImage=https%3A%2F%2F***%40h%2Fa",
  },
  { given: "/images/a/tag?repo=h%3A5000%2Fa&tag=%C3%A9", want: "/images/a/tag?repo=h%3A5000%2Fa&tag=%C3%A9" },
  {
    given: `/containers/json?filters=${encodeURIComponent('{"label":["token=a=b","app"],"name":["x=y"]}')}`,
    want: `/containers/json?filters=${encodeURIComponent('{"label":["token=***","app"],"name":["x=y"]}')}`,
  },
  {
    given: `/images/json?filters=${encodeURIComponent('{"label!":{"a\\"b=s":true}}')}`,
    want: `/images/json?filters=${encodeURIComponent('{"label!":{"a\\"b=***":true}}')}`,
  },
  {
    given: "/x?apikey=a&auth=b&pwd=c&key=d&monkey=e",
    want: "/x?apikey=***&auth=***&pwd=***&key=***&monkey=e",
  },
  { given: "/x?filters=%7B&a=%", want: "/x?filters=***&a=%" },
  { given: "/health#token=s3cret", want: "/health#***" },
  { given: "/info", want: "/info" },
])("the URL $given is shown as $want", ({ given, want }) => {
  expect(redactUrl(given)).toBe(want);
});

test.each([
  { given: "https://u:pw@h/a", want: "https://***@h/a" },
  { given: "https://u:p@ss@h/a", want: "https://***@h/a" },
  { given: 'https://u:p"a ss@h/a', want: "https://***@h/a" },
  { given: "tcp:///u:pw@h", want: "tcp:///***@h" },
  { given: "ssh://me@h", want: "ssh://***@h" },
  { given: "alpine@sha256:0", want: "alpine@sha256:0" },
  { given: "unix:///home/a@b/docker.sock", want: "unix:///home/a@b/docker.sock" },
])("the text $given is shown as $want", ({ given, want }) => {
  expect(redactLogins(given)).toBe(want);
});
