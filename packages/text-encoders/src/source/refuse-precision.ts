import { KernelError } from "@kindred/core";
import type { LaunchListing } from "@kindred/core";
import type { PrecisionChoice } from "@kindred/core/onnx";

/** LOAD_FAILED where a launch names a precision for an export, which has one of its own. */
export function refusePrecision(
  { id }: LaunchListing,
  precision: PrecisionChoice | undefined,
): void {
  if (precision === undefined) return;
  const message = `"${id}" was launched with precision "${precision}", and is served from an ONNX export, which has a precision of its own. Leave the option out, or launch a folder with weights.`;
  throw new KernelError("LOAD_FAILED", message);
}
