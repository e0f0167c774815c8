import { parseCsvRecord } from "../../../src/config/csv.js";

test.each([
  { given: "", want: [""] },
  { given: "a", want: ["a"] },
  { given: "a,b", want: ["a", "b"] },
  { given: ",a,,", want: ["", "a", "", ""] },
  { given: '"a,b",c', want: ["a,b", "c"] },
  { given: 'c,"a,b"', want: ["c", "a,b"] },
  { given: '"say ""hi"""', want: ['say "hi"'] },
  { given: '"",a', want: ["", "a"] },
  { given: " a , b ", want: [" a ", " b "] },
  { given: 'a"b', want: undefined },
  { given: '"a', want: undefined },
  { given: '"a"b', want: undefined },
  { given: ' "a"', want: undefined },
])("$given has the fields $want", ({ given, want }) => {
  expect(parseCsvRecord(given)).toEqual(want);
});
