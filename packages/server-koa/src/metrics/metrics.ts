import type { Kernel } from "@kindred/core";
import type Koa from "koa";
import { collectDefaultMetrics, Registry } from "prom-client";
import { boundCounter } from "./bound-counter.ts";
import { deviceGauges } from "./device-gauges.ts";
import { Figures } from "./figures.ts";
import { heardBatches } from "./heard-batches.ts";
import { heardCalls } from "./heard-calls.ts";
import { heardDownloads } from "./heard-downloads.ts";
import { heardGraphs } from "./heard-graphs.ts";
import { heardRequests } from "./heard-requests.ts";
import { modelGauges } from "./model-gauges.ts";
import { processGauges } from "./process-gauges.ts";

/** A server's figures, in the text format of Prometheus. Disposed, it hears of nothing more. */
export interface Metrics extends Disposable {
  /** Hears of every request that passes through it. */
  readonly hear: Koa.Middleware;
  /** All figures as they are now, and the content type of that text. */
  read(): Promise<{ readonly text: string; readonly type: string }>;
}

export interface MetricsOptions {
  /** Begins the names of all figures but those of Node's process. "te" gives those that text-embeddings-inference has too the names that it gives them. Default "kindred". */
  readonly prefix?: string;
}

const prefixPattern = /^[a-z_][a-z0-9_]*$/i;

/**
 * The figures of a kernel's models and of the requests to a server: counters, histograms, and gauges that are read when they are asked for. Those of Node's
 * process have prom-client's names. Models' figures come over `tracing`, whose channels all kernels of a process share. TypeError for a prefix that Prometheus does not
 * take.
 */
export function openMetrics(kernel: Kernel, { prefix = "kindred" }: MetricsOptions = {}): Metrics {
  if (!prefixPattern.test(prefix)) {
    const shape = "letters, digits and _, and begin with no digit";
    throw new TypeError(
      `The prefix of metrics must be of ${shape}, not ${JSON.stringify(prefix)}.`,
    );
  }
  const register = new Registry();
  const figures = new Figures(register, prefix);
  collectDefaultMetrics({ register });
  modelGauges(figures, kernel);
  deviceGauges(figures, kernel);
  processGauges(figures);
  const hear = heardRequests(figures);
  const ends = [heardCalls, heardBatches, heardGraphs, heardDownloads, boundCounter].map((heard) =>
    heard(figures),
  );
  return {
    hear,
    read: async () => ({ text: await register.metrics(), type: register.contentType }),
    [Symbol.dispose]() {
      for (const end of ends) end();
      register.clear();
    },
  };
}
