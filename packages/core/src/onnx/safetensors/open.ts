import { openCheckpoint } from "../checkpoint/open.ts";
import type { Weights } from "../weights.ts";
import { readHeader } from "./header.ts";

/**
 * The tensors of `file` in `folder`. The file is a .safetensors file or the index of a sharded checkpoint:
 * `.safetensors.index.json`, for a variant `.safetensors.index.fp16.json`. It reads headers, no tensors, and follows links.
 * LOAD_FAILED for what is missing or unsound, with the file and the numbers. Format: https://github.com/huggingface/safetensors
 */
export function openSafetensors(folder: string, file: string): Promise<Weights> {
  return openCheckpoint(folder, file, readHeader);
}
