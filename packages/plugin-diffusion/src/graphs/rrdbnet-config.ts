import { KernelError } from "@kindred/core";
import type { TensorFacts } from "@kindred/core";
import { maxChannels } from "./count.ts";

/** The numbers of an RRDBNet, which its tensors' shapes say: its files have no config. */
export interface RrdbNetConfig {
  /** Residual-in-residual dense blocks. Published networks have 23 or 6. */
  readonly blocks: number;
  /** Channels between the blocks. Published networks have 64. */
  readonly features: number;
  /** Channels that each convolution within a dense block adds. Published networks have 32. */
  readonly growth: number;
  /** Side of the square of pixels that pixel-unshuffle makes one of, before the first convolution; 1 is none. */
  readonly unshuffle: number;
  /** Doublings of the sides behind the blocks. */
  readonly doublings: number;
}

/** Colours of a picture. */
const colours = 3;
const maxBlocks = 256;
/** 16, and unshuffled by 2 then 8. */
const maxDoublings = 4;

/** Times that a network enlarges a side. */
export function scaleOf({ doublings, unshuffle }: RrdbNetConfig): number {
  return 2 ** doublings / unshuffle;
}

/**
 * Reads the numbers of an RRDBNet off its tensors, which have basicsr's names. LOAD_FAILED, with the tensor and its shape, where
 * they are no network's that enlarges pictures in colours.
 */
export function rrdbNetConfig(
  file: string,
  tensors: ReadonlyMap<string, TensorFacts>,
): RrdbNetConfig {
  const names = [...tensors.keys()];
  const [features = 0, input = 0] = shapeOf("conv_first.weight");
  const [growth = 0] = shapeOf("body.0.rdb1.conv1.weight");
  const [output] = shapeOf("conv_last.weight");
  const blocks = countOf(/^body\.(\d+)\./);
  const doublings = countOf(/^conv_up(\d+)\./);
  const unshuffle = Math.sqrt(input / colours);
  if (!Number.isInteger(unshuffle) || unshuffle < 1 || output !== colours) {
    throw refusal(
      `takes ${input} channels and gives ${output}; ${colours} colours go in, or ${4 * colours} or ${16 * colours} values unshuffled, and ${colours} come out`,
    );
  }
  if (doublings > maxDoublings || 2 ** doublings % unshuffle !== 0) {
    throw refusal(
      `doubles sides ${doublings} times after making them ${unshuffle} times smaller; at most ${maxDoublings} are computed, and none that give a smaller picture`,
    );
  }
  if (blocks > maxBlocks || Math.max(features, growth) > maxChannels) {
    throw refusal(
      `has ${blocks} blocks of ${features} and ${growth} channels; at most ${maxBlocks} and ${maxChannels} are computed`,
    );
  }
  return { blocks, features, growth, unshuffle, doublings };

  function shapeOf(name: string): readonly number[] {
    const shape = tensors.get(name)?.shape;
    if (shape?.length === 4) return shape;
    throw refusal(
      shape
        ? `has a tensor "${name}" [${shape.join(", ")}], and a convolution's has four dims`
        : `has no tensor "${name}"`,
    );
  }

  function countOf(pattern: RegExp): number {
    return new Set(names.flatMap((name) => pattern.exec(name)?.[1] ?? [])).size;
  }

  function refusal(what: string): KernelError {
    const message = `"${file}" ${what}. Launch a network of ESRGAN's or Real-ESRGAN's for RGB pictures, such as RealESRGAN_x4plus.`;
    return new KernelError("LOAD_FAILED", message);
  }
}
