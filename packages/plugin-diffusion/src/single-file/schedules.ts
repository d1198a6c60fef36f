import type { SchedulerConfig } from "../schedulers/config.ts";

/** The noise that all of Stable Diffusion 1 and 2 was trained with. */
export const stableDiffusionNoise: SchedulerConfig = {
  beta_start: 0.00085,
  beta_end: 0.012,
  beta_schedule: "scaled_linear",
  num_train_timesteps: 1000,
  clip_sample: false,
  set_alpha_to_one: false,
  skip_prk_steps: true,
  steps_offset: 1,
};

/** A denoiser's prediction, as `prediction_type` of a schedule says it. */
export type Prediction = "epsilon" | "v_prediction";

/** The schedules of stable-diffusion-v1-5 and stable-diffusion-2-1-base. */
const pndm: SchedulerConfig = { _class_name: "PNDMScheduler", ...stableDiffusionNoise };
/** The schedule of stable-diffusion-2-1. */
const ddim: SchedulerConfig = { _class_name: "DDIMScheduler", ...stableDiffusionNoise };

/**
 * The schedule of a file, which holds none. `zeroTerminal` is for models that were trained down to noise alone (arXiv
 * 2305.08891).
 */
export function scheduleOf(
  prediction: Prediction,
  { zeroTerminal, version }: { readonly zeroTerminal: boolean; readonly version: 1 | 2 },
): SchedulerConfig {
  const velocity = prediction === "v_prediction";
  const schedule = zeroTerminal || (velocity && version === 2) ? ddim : pndm;
  return {
    ...schedule,
    prediction_type: prediction,
    ...(zeroTerminal && { rescale_betas_zero_snr: true, timestep_spacing: "trailing" }),
  };
}

/** `tokenizer_config.json` of both; in Stable Diffusion 2 "!", whose id is 0, fills a window. */
export function tokenizerJson(version: 1 | 2): object {
  return {
    tokenizer_class: "CLIPTokenizer",
    model_max_length: 77,
    bos_token: "<|startoftext|>",
    eos_token: "<|endoftext|>",
    unk_token: "<|endoftext|>",
    pad_token: version === 1 ? "<|endoftext|>" : "!",
  };
}
