import type { ModelConfig } from "./architecture.ts";

/**
 * The Python class that a folder brings for the model itself, as `trust_remote_code` would load it; undefined when it brings
 * none. With one it is another network, whatever `model_type` says: JinaBERT and MosaicBERT say "bert".
 */
export function customCode({ auto_map }: ModelConfig): string | undefined {
  // The entries of a text would be its characters.
  const classes = typeof auto_map === "object" ? (auto_map ?? {}) : {};
  const [, code] = Object.entries(classes).find(([name]) => name.startsWith("AutoModel")) ?? [];
  return code;
}
