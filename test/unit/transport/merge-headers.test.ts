import { mergeHeaders } from "../../../src/transport/request.js";

test.each([
  { given: [], want: {} },
  { given: [{ "X-A": "1" }, { "X-B": "2" }], want: { "X-A": "1", "X-B": "2" } },
  { given: [{ "X-A": "1" }, { "x-a": "2" }], want: { "x-a": "2" } },
  { given: [{ "User-Agent": "a" }, { "user-agent": null }], want: { "user-agent": null } },
])("$given merge to $want", ({ given, want }) => {
  expect(mergeHeaders({}, ...given)).toEqual(want);
});
