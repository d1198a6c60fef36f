import type { SchedulerConfig } from "../schedulers/config.ts";

/** The noise that all of Stable Diffusion 1, 2 and XL was trained with. */
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

/** What models have that were trained down to noise alone (arXiv 2305.08891). */
export const zeroTerminalSchedule: SchedulerConfig = {
  rescale_betas_zero_snr: true,
  timestep_spacing: "trailing",
};

/** `tokenizer_config.json` of CLIP, whose windows are filled with this token. */
export function tokenizerJson(padding: "<|endoftext|>" | "!"): object {
  return {
    tokenizer_class: "CLIPTokenizer",
    model_max_length: 77,
    bos_token: "<|startoftext|>",
    eos_token: "<|endoftext|>",
    unk_token: "<|endoftext|>",
    pad_token: padding,
  };
}
