import { openCheckpoint } from "../checkpoint/open.ts";
import type { Weights } from "../weights.ts";
import { readPytorchFile } from "./header.ts";

/**
 * The tensors of `file` in `folder`. The file is one that `torch.save` has written since version 1.6 (`pytorch_model.bin`, `.pt`, `.ckpt`), or
 * the index of a sharded checkpoint: `.bin.index.json`, for a variant `.bin.index.fp16.json`. The tensors are those of its dict, or of
 * the `state_dict`, `params_ema` or `params` in that. Names and places are read, no tensors, and nothing of the pickle is run. LOAD_FAILED for what is
 * missing, unsound, compressed, not contiguous, or asks for anything but tensors, with the file and the numbers.
 */
export function openPytorch(folder: string, file: string): Promise<Weights> {
  return openCheckpoint(folder, file, readPytorchFile);
}
