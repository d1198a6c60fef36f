import { bodyJsonSchema } from "@kindred/core";
import type { Endpoint, Kernel } from "@kindred/core";
import type { Handler } from "../exchange.ts";

/** GET /v1/endpoints: the routes that plugins add, each with its task and the JSON Schema of its body. */
export function listEndpoints({ endpoints }: Kernel): Handler {
  const data = endpoints.map(describe);
  return (ctx) => {
    ctx.body = { object: "list", data };
  };
}

/** `body` is null where the endpoint's schema cannot be told as JSON Schema. `path` lies below the routes' prefix. */
function describe({ path, task, body, text, files, stream }: Endpoint): object {
  return {
    object: "endpoint",
    method: "POST",
    path,
    task: task.name,
    text: text ?? null,
    files: files ?? [],
    streams: stream !== undefined,
    body: bodyJsonSchema(body) ?? null,
  };
}
