import type { Docker, EventMessage, JsonStream, LogStream, TarStream } from "../../src/index.js";
import { failure, success } from "../../src/testing/index.js";

declare const docker: Docker;
declare const tar: TarStream;
declare const logs: LogStream;
declare const events: JsonStream<EventMessage>;

jest.spyOn(docker, "containerInspect").mockReturnValue(success({ State: { Running: true } }));
jest.spyOn(docker, "containerInspect").mockReturnValueOnce(failure(404, "No such container: web"));
jest.spyOn(docker, "containerInspect").mockImplementation((id) => success({ Id: id }));
jest.spyOn(docker, "containerList").mockReturnValue(success([{ Names: ["/web"] }]));
jest.spyOn(docker, "containerStart").mockReturnValue(success());
jest.spyOn(docker, "containerStart").mockReturnValue(failure(500, "no"));
jest.spyOn(docker, "systemPing").mockReturnValue(success("OK"));
jest.spyOn(docker, "systemEvents").mockReturnValue(failure(500, "no"));
jest.spyOn(docker, "containerLogs").mockReturnValue(success(logs));
jest.spyOn(docker, "systemEvents").mockReturnValue(success(events));
jest.spyOn(docker, "imageGet").mockReturnValue(success(tar));
jest.spyOn(docker, "imageGet").mockReturnValue(failure(404, "no such image"));
jest.spyOn(docker, "imageGetAll").mockReturnValue(success(tar));

const fake: Pick<Docker, "containerInspect" | "containerStop" | "systemPing"> = {
  containerInspect: () => success({ Id: "1", Config: { Image: "alpine" } }),
  containerStop: () => success(),
  systemPing: () => failure(500, "no"),
};
fake.containerInspect("web").then(({ Id }) => Id.length);

// @ts-expect-error a part of an answer is checked
jest.spyOn(docker, "containerInspect").mockReturnValue(success({ State: { Running: "yes" } }));
// @ts-expect-error an answer has no such field
jest.spyOn(docker, "containerInspect").mockReturnValue(success({ Stat: {} }));
// @ts-expect-error the data is missing
jest.spyOn(docker, "containerList").mockReturnValue(success());
// @ts-expect-error an export is a tar
jest.spyOn(docker, "imageGet").mockReturnValue(success({ Id: "1" }));
// @ts-expect-error the stream is another
jest.spyOn(docker, "containerLogs").mockReturnValue(success(events));
