import { isKernelError, KernelError } from "@kindred/core";

/** Opens a part that a launch's option names: "The upscaler (models/x4.safetensors)". A LOAD_FAILED begins with it. */
export async function openingOf<Part>(part: string, open: () => Promise<Part>): Promise<Part> {
  try {
    return await open();
  } catch (error) {
    if (!isKernelError(error) || error.code !== "LOAD_FAILED") throw error;
    throw new KernelError("LOAD_FAILED", `${part}: ${error.message}`, { cause: error });
  }
}
