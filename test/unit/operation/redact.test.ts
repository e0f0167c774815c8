import { redactUrl } from "../../../src/operation/redact.js";

test.each([
  { given: "/build?t=a&buildargs=%7B%22TOKEN%22%3A%22x%22%7D&q=1", want: "/build?t=a&buildargs=***&q=1" },
  { given: "/build?remote=https%3A%2F%2Fme%3Apw%40git", want: "/build?remote=***" },
  { given: "/images/buildargs=x/json?manifests=true", want: "/images/buildargs=x/json?manifests=true" },
])("$given is shown as $want", ({ given, want }) => {
  expect(redactUrl(given)).toBe(want);
});
