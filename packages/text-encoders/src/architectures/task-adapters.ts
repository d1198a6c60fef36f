import { KernelError, shorten } from "@kindred/core";
import type { LaunchListing } from "@kindred/core";
import type { ModelConfig } from "./architecture.ts";

/** Characters of the tasks' names that are quoted. */
const maxQuoted = 120;

/**
 * Refuses a network with an adapter for each task (LoRA, arXiv:2106.09685), of which Python code of its own chooses one, such as
 * Jina Embeddings v3 (Sturua et al. 2024, arXiv:2409.10173). Its ONNX export needs the task as well. LOAD_FAILED names it.
 */
export function refuseTaskAdapters({ id }: LaunchListing, config: ModelConfig): void {
  const { lora_adaptations: tasks } = config;
  if (!Array.isArray(tasks) || tasks.length === 0) return;
  const quoted = shorten(tasks.join(", "), maxQuoted);
  throw new KernelError(
    "LOAD_FAILED",
    `"${id}" is Jina Embeddings v3 or was made of it: its config.json has an adapter for each task (lora_adaptations: ${quoted}), and code that it brings chooses one. Neither its weights nor its export are served. jina-embeddings-v2-base-en and -small-en are.`,
  );
}
