import { createKernel } from "@kindred/core";
import { embedding } from "@kindred/plugin-embedding";
import { ApiKeys, Limits, openMetrics, openSpans, serve } from "@kindred/server-koa";
import { NodeTracerProvider, SimpleSpanProcessor } from "@opentelemetry/sdk-trace-node";
import pino from "pino";

const [kind, source] = process.argv.slice(2);
const kernel = await createKernel({ plugins: [embedding()], models: [{ id: "model", source }] });

/** Ends spans as an exporter would get them, and sends them nowhere. */
const exporter = { export: (_, done) => done({ code: 0 }), shutdown: async () => {} };

/** All that watches and bounds a server. */
function everything() {
  new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }).register();
  return {
    keys: new ApiKeys([{ name: "bench", key: "sk-bench" }]),
    limits: new Limits({
      requestsPerMinute: 1e9,
      tokensPerMinute: 1e9,
      perKey: { "*": { requestsPerMinute: 1e9 } },
    }),
    metrics: openMetrics(kernel),
    spans: openSpans(),
    logger: pino(pino.destination("/dev/null")),
  };
}

const { url } = await serve(kernel, { port: 0, ...(kind === "full" && everything()) });
process.send({ url });
process.once("disconnect", () => process.exit());
