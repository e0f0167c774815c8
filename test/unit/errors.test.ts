import { EngineError } from "../../src/index.js";

const deep = () => {
  let value: unknown = "end";
  for (let level = 0; level < 200_000; level += 1) value = [value];
  return value;
};

test.each([
  { what: "a message", body: { message: "no such container" }, says: "no such container" },
  { what: "a record of progress", body: { errorDetail: { message: "denied" }, error: "no" }, says: "denied" },
  { what: "an older record of progress", body: { errorDetail: null, error: "denied" }, says: "denied" },
  { what: "text", body: " 502 Bad Gateway\n", says: "502 Bad Gateway" },
  { what: "nothing", body: undefined, says: "(no message)" },
  {
    what: "a wide integer and no message",
    body: { code: 2n ** 64n },
    says: '{"code":"18446744073709551616"}',
  },
  { what: "a nesting without end", body: deep(), says: "(the body is nested too deeply to be shown)" },
])("the error of a body of $what shows it", ({ body, says }) => {
  const error = new EngineError({ status: 404, operation: "ContainerStart", method: "POST", url: "/", body });
  expect(error.message).toBe(`ContainerStart failed with status 404: ${says}`);
});
