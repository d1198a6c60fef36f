/**
 * The files of a Stable Diffusion pipeline in float32, as diffusers writes them. Its published repositories also hold other
 * precisions, pickles and single files, many times as much.
 */
export const pipelineFiles: readonly string[] = [
  "*.json",
  "*.txt",
  "text_encoder/model.safetensors",
  "unet/diffusion_pytorch_model.safetensors",
  "vae/diffusion_pytorch_model.safetensors",
];
