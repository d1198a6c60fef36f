import { KernelError } from "@kindred/core";
import type { LoadContext } from "@kindred/core";
import type { ClipEncoder } from "../prompt/clip-encoder.ts";
import { penultimateStates } from "../prompt/clip-output.ts";
import type { DiffusionOptions } from "../request/launch-options.ts";
import { openClipEncoder } from "./clip-encoder.ts";
import type { TextComponent } from "./component.ts";

/**
 * Opens a text encoder whose states before the last layer can be had. `projected` asks for its pooled projection too.
 * LOAD_FAILED when it gives one of them not.
 */
export async function openPenultimate(
  context: LoadContext<DiffusionOptions>,
  component: TextComponent,
  { projected }: { readonly projected: boolean },
): Promise<ClipEncoder> {
  const encoder = await openClipEncoder(context, component);
  const needed = [penultimateStates.name(encoder, 0), ...(projected ? ["text_embeds"] : [])];
  const missing = needed.find((output) => !encoder.outputs.includes(output));
  if (missing === undefined) return encoder;
  throw new KernelError(
    "LOAD_FAILED",
    `"${context.model.id}" needs the output "${missing}" of ${component.folder}, which has ${encoder.outputs.join(", ")}. Fetch the repository again, or export it by optimum-cli export onnx.`,
  );
}
