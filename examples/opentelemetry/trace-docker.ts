// Import this once: each request to the Engine becomes a span, a child of the span that is active when it is made.
import { subscribe } from "node:diagnostics_channel";
import { type Span, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import type { RequestMessage } from "docker-engine-sdk";

const spans = new Map<number, Span>();

subscribe("docker-engine-sdk:request", (published) => {
  const message = published as RequestMessage;
  const { id, type, operation, method, path, host } = message;
  if (type === "start") {
    const attributes = { "http.request.method": method, "url.path": path, "server.address": host };
    spans.set(id, trace.getTracer("docker").startSpan(operation, { kind: SpanKind.CLIENT, attributes }));
  } else if (type === "headers") {
    spans.get(id)?.setAttribute("http.response.status_code", message.status);
  } else {
    const span = spans.get(id)?.setAttribute("http.response.body.size", message.bytesReceived);
    if (type === "error") span?.setStatus({ code: SpanStatusCode.ERROR, message: message.error.message });
    span?.end();
    spans.delete(id);
  }
});
