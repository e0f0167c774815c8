import { readFile } from "node:fs/promises";
import { SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
} from "@opentelemetry/sdk-trace-base";
import { withServer } from "../../helpers/servers.js";
import { until } from "../../helpers/waiting.js";

test("the example with OpenTelemetry makes a span of each request", async () => {
  const exporter = new InMemorySpanExporter();
  const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
  trace.setGlobalTracerProvider(provider);
  await import("../../../examples/opentelemetry/trace-docker.js");
  await withServer(
    (request, response) => {
      if (request.url?.endsWith("/version")) request.socket.destroy();
      else response.end("[]\n");
    },
    async (docker, { host }) => {
      await docker.containerList({ all: true });
      await docker.systemVersion().result();
      await until("both spans have ended", () => exporter.getFinishedSpans().length === 2);
      const [list, version] = exporter.getFinishedSpans();
      expect(list).toMatchObject({
        name: "ContainerList",
        kind: SpanKind.CLIENT,
        status: { code: SpanStatusCode.UNSET },
        attributes: {
          "http.request.method": "GET",
          "url.path": "/v1.48/containers/json?all=true",
          "server.address": host,
          "http.response.status_code": 200,
          "http.response.body.size": 3,
        },
      });
      expect(version).toMatchObject({
        name: "SystemVersion",
        status: { code: SpanStatusCode.ERROR, message: expect.stringContaining("Cannot reach") },
      });
    },
  );
  await provider.shutdown();
});

test("it is as short as docs/observing.md says", async () => {
  const source = await readFile("examples/opentelemetry/trace-docker.ts", "utf8");
  expect(source.trim().split("\n").length).toBeLessThanOrEqual(25);
});
