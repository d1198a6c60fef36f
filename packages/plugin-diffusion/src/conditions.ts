import type { Tensor } from "@kindred/core";

/**
 * Inputs of a denoiser beside the latent and the timestep, by the graph's own names, such as `encoder_hidden_states`. Each
 * is float32 and has the row of each latent along its first axis.
 */
export type Conditions = Readonly<Record<string, Tensor>>;

/** Conditions of one row each, under the same names: for the prompt, and those that guidance steers away from. */
export interface GuidedConditions {
  readonly prompt: Conditions;
  /** undefined where nothing is guided. Each tensor has the dims of the prompt's. */
  readonly negative: Conditions | undefined;
}

/** The rows of both, those of `first` first. Both have the same names, and tensors that differ in their first dim alone. */
export function stacked(first: Conditions, second: Conditions): Conditions {
  return Object.fromEntries(
    Object.entries(first).map(([name, tensor]) => [name, stackedTensor(tensor, second[name]!)]),
  );
}

/** The rows of both tensors, those of `first` first. */
export function stackedTensor(first: Tensor, second: Tensor): Tensor {
  const [rows = 0, ...rest] = first.dims;
  const data = new Float32Array(first.data.length + second.data.length);
  data.set(first.data as Float32Array);
  data.set(second.data as Float32Array, first.data.length);
  return { type: "float32", dims: [rows + second.dims[0]!, ...rest], data };
}
