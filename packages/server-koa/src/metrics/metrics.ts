import type { Kernel } from "@kindred/core";
import type Koa from "koa";
import { collectDefaultMetrics, Registry } from "prom-client";
import { heardCalls } from "./heard-calls.ts";
import { modelGauges } from "./model-gauges.ts";
import { heardRequests } from "./heard-requests.ts";

/** A server's figures, in the text format of Prometheus. Disposed, it hears of nothing more. */
export interface Metrics extends Disposable {
  /** Hears of every request that passes through it. */
  readonly hear: Koa.Middleware;
  /** All figures as they are now, and the content type of that text. */
  read(): Promise<{ readonly text: string; readonly type: string }>;
}

/**
 * The figures of a kernel's models and of the requests to a server: counters, histograms of seconds, and gauges that are read when they are asked for. Those of Node's
 * process have prom-client's names. Models' figures come over `tracing`, whose channels all kernels of a process share.
 */
export function openMetrics(kernel: Kernel): Metrics {
  const register = new Registry();
  collectDefaultMetrics({ register: register });
  modelGauges(register, kernel);
  const calls = heardCalls(register, kernel);
  return {
    hear: heardRequests(register),
    read: async () => ({ text: await register.metrics(), type: register.contentType }),
    [Symbol.dispose]() {
      calls[Symbol.dispose]();
      register.clear();
    },
  };
}
