import type { LoadContext } from "@kindred/core";
import { autoencoder } from "../decoder.ts";
import type { Decoder } from "../decoder.ts";
import { autoencoderKlConfig } from "../graphs/autoencoder-kl-config.ts";
import { autoencoderDecoder } from "../graphs/autoencoder-kl.ts";
import { componentConfig } from "./component-config.ts";
import { componentWeights } from "./component-weights.ts";
import type { ComponentFiles } from "./component-weights.ts";
import { onnxComponent } from "./onnx-component.ts";
import { warnOfUnused } from "./unused-weights.ts";

/** `vae/`, or `vae_decoder/` of an export. */
export async function openDecoder(context: LoadContext, files: ComponentFiles): Promise<Decoder> {
  const { model, graph } = context;
  const exported = await onnxComponent(model, "vae_decoder", "vae");
  const folder = exported ? "vae_decoder" : "vae";
  const config = autoencoderKlConfig(componentConfig(model, `${folder}/config.json`));
  const options = {
    channels: config.latent_channels,
    factor: 2 ** (config.block_out_channels.length - 1),
    scale: config.scaling_factor,
    shift: config.shift_factor,
  };
  if (exported) return autoencoder(graph(exported), options);
  const source = autoencoderDecoder(
    config,
    await componentWeights(files, "vae", "diffusion_pytorch_model"),
  );
  warnOfUnused(context, source);
  return autoencoder(graph(source), options);
}
