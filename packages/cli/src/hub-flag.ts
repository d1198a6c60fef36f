import type { Hub } from "@kindred/core/hub";
import { UsageError } from "./usage-error.ts";

/** The flag that says where names are looked up. */
export const hubFlag: { readonly source: { readonly type: "string"; readonly default: string } } = {
  source: { type: "string", default: "huggingface" },
};

export function parseHub(text: string): Hub {
  if (text === "huggingface" || text === "modelscope") return text;
  throw new UsageError(`--source must be huggingface or modelscope, not "${text}".`);
}
