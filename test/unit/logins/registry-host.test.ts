import { hostOf, registryOf, serverAddressOf } from "../../../src/logins/index.js";

test.each([
  ["alpine", "docker.io"],
  ["alpine:3.20", "docker.io"],
  ["library/alpine", "docker.io"],
  ["team/sub/app", "docker.io"],
  ["docker.io/library/alpine", "docker.io"],
  ["index.docker.io/library/alpine", "docker.io"],
  ["registry-1.docker.io/library/alpine", "docker.io"],
  ["r.example/app", "r.example"],
  ["r.example:5000/team/app:1", "r.example:5000"],
  ["localhost/app", "localhost"],
  ["localhost:5000/app", "localhost:5000"],
  ["[::1]:5000/app", "[::1]:5000"],
  ["Registry/app", "Registry"],
  ["app:5000", "docker.io"],
])("the registry of %s is %s", (image, host) => {
  expect(registryOf(image)).toBe(host);
});

test.each([
  ["r.example", "r.example"],
  ["r.example:5000", "r.example:5000"],
  ["https://r.example/v2/", "r.example"],
  ["http://r.example:5000", "r.example:5000"],
  ["r.example/v1/", "r.example"],
  ["https://index.docker.io/v1/", "docker.io"],
  ["docker.io", "docker.io"],
])("the host of %s is %s", (address, host) => {
  expect(hostOf(address)).toBe(host);
});

test("a login names Docker Hub by its index", () => {
  expect(serverAddressOf("docker.io")).toBe("https://index.docker.io/v1/");
  expect(serverAddressOf("r.example")).toBe("r.example");
});
