import { flag, list, object, text } from "./json-schema.ts";
import type { DescribedRoute } from "./operation.ts";

const health: DescribedRoute = {
  method: "GET",
  path: "/health",
  isOpen: true,
  isAtRoot: true,
  operation: {
    id: "getHealth",
    tag: "server",
    summary: "Whether the process answers.",
    reply: { "application/json": object({ status: { const: "ok" } }) },
  },
};

const ready: DescribedRoute = {
  method: "GET",
  path: "/ready",
  isOpen: true,
  isAtRoot: true,
  operation: {
    id: "getReady",
    tag: "server",
    summary: "Whether the models that were launched can be asked.",
    reply: {
      "application/json": object(
        { ready: flag, closing: flag, models: list(object({ id: text, state: text })) },
        ["ready", "models"],
      ),
    },
    replies: { 503: "Models are loading or failed, or the server closes." },
  },
};

const metrics: DescribedRoute = {
  method: "GET",
  path: "/metrics",
  isAtRoot: true,
  operation: {
    id: "getMetrics",
    tag: "server",
    summary: "Figures for Prometheus.",
    reply: { "text/plain": text },
  },
};

/** What `createApp` answers beside the routes, as the OpenAPI document has it. */
export function besideRoutes(has: { readonly metrics: boolean }): readonly DescribedRoute[] {
  return [health, ready, ...(has.metrics ? [metrics] : [])];
}
