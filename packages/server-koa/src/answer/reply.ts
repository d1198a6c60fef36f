import type Koa from "koa";
import type { Reply } from "@kindred/core";

/** Keeps a file for a while and returns its URL for this client. UNSUPPORTED or DEVICE_EXHAUSTED when it cannot. */
export type KeepFile = (ctx: Koa.Context, bytes: Uint8Array, type: string) => Promise<string>;

export interface WarningReply extends Reply {
  /** The warnings so far, each once. */
  readonly warnings: readonly string[];
  /** The encoded reply with its `warnings`, when there are any and it is an object. */
  withWarnings(encoded: unknown): unknown;
}

/** The `Reply` that an endpoint encodes with. `file` keeps the files. */
export function replyTo(body: unknown, model: string, file: Reply["file"]): WarningReply {
  const warnings = new Set<string>();
  return {
    body,
    model,
    file,
    created: Math.floor(Date.now() / 1000),
    get warnings() {
      return [...warnings];
    },
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
