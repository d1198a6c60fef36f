import type Koa from "koa";
import type { Reply } from "@kindred/core";

/** Keeps a file for a while and returns the URL it has for this client. */
export type KeepFile = (ctx: Koa.Context, bytes: Uint8Array, type: string) => Promise<string>;

export interface WarningReply extends Reply {
  /** Adds `warnings` to a JSON object, when there are any. */
  withWarnings(encoded: unknown): unknown;
}

export function replyTo(body: unknown, model: string, file: Reply["file"]): WarningReply {
  const warnings = new Set<string>();
  return {
    body,
    model,
    file,
    created: Math.floor(Date.now() / 1000),
    warn(text) {
      warnings.add(text);
    },
    withWarnings(encoded) {
      if (warnings.size === 0 || !isPlain(encoded)) return encoded;
      return { ...encoded, warnings: [...warnings] };
    },
  };
}

function isPlain(value: unknown): value is object {
  if (typeof value !== "object" || value === null) return false;
  return !Array.isArray(value) && !ArrayBuffer.isView(value);
}
