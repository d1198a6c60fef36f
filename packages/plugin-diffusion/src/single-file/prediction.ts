import type { WeightsHeader } from "@kindred/core";
import { readTensor } from "@kindred/core/onnx";
import type { StoredTensor, Weights } from "@kindred/core/onnx";
import type { Prediction } from "./schedules.ts";

/** The prediction that a file's header states. undefined when it states none. */
export function statedPrediction({ tensors, metadata }: WeightsHeader): Prediction | undefined {
  // ModelSpec 1.0.0 (https://github.com/Stability-AI/ModelSpec), which trainers write. ComfyUI has a field of its own.
  const stated = metadata["modelspec.prediction_type"] ?? metadata["modelspec.predict_key"];
  if (stated === "v" || stated === "v_prediction") return "v_prediction";
  if (stated === "epsilon" || stated === "eps") return "epsilon";
  if (metadata["modelspec.architecture"]?.startsWith("stable-diffusion-v2-768-v")) {
    return "v_prediction";
  }
  return tensors.has("v_pred") ? "v_prediction" : undefined;
}

/** The bound between the two for the standard deviation of these biases. */
const maxEpsilonDeviation = 0.09;

/** Bytes of such a bias; published files have 5,120. */
const maxBiasBytes = 1_000_000;

/**
 * The prediction of a Stable Diffusion 2 file's UNet. Names and shapes do not tell. The biases of the first norm in
 * the last attention do, by a bound that ComfyUI has used for every such file since 2023. A file without them
 * predicts velocity, as diffusers has it for all. `weights` are the UNet's, by diffusers' names.
 */
export async function measuredPrediction(weights: Weights): Promise<Prediction> {
  const [last] = weights.names
    .filter((name) => /^up_blocks\..*\.transformer_blocks\.0\.norm1\.bias$/.test(name))
    .toSorted()
    .toReversed();
  const tensor = last === undefined ? undefined : weights.get(last);
  if (!tensor) return "v_prediction";
  const deviation = deviationOf(await readFloats(weights.folder, tensor));
  return deviation > maxEpsilonDeviation ? "v_prediction" : "epsilon";
}

function deviationOf(values: readonly number[]): number {
  const mean = (of: readonly number[]) => of.reduce((sum, x) => sum + x, 0) / of.length;
  const centre = mean(values);
  return Math.sqrt(mean(values.map((value) => (value - centre) ** 2)));
}

/** The values of a small tensor of floats. */
async function readFloats(folder: string, tensor: StoredTensor): Promise<readonly number[]> {
  const bytes = await readTensor(folder, tensor, maxBiasBytes);
  const { dtype } = tensor;
  const size = dtype === "F32" ? 4 : 2;
  return Array.from({ length: Math.floor(bytes.length / size) }, (_, i) => {
    if (dtype === "F32") return bytes.readFloatLE(4 * i);
    const bits = bytes.readUInt16LE(2 * i);
    return dtype === "BF16" ? fromBfloat16(bits) : fromFloat16(bits);
  });
}

function fromBfloat16(bits: number): number {
  return new Float32Array(Uint32Array.of(bits << 16).buffer)[0]!;
}

function fromFloat16(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = (bits & 0x3ff) / 1024;
  return sign * (exponent === 0 ? 2 ** -14 * fraction : 2 ** (exponent - 15) * (1 + fraction));
}
