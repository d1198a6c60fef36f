import { KernelError } from "@kindred/core";
import type { Graph, Tensor } from "@kindred/core";
import { clipSkipOutput } from "../graphs/clip-text.ts";
import type { ClipTokenizer } from "./clip-tokenizer.ts";
import type { PromptEncoder, Prompts } from "./prompt-encoder.ts";
import { Recent } from "./recent.ts";
import { windowCount, windows } from "./windows.ts";

/** Windows of one text: attention to them costs the denoiser memory and time at every step. */
const MOST_WINDOWS = 32;
/** Texts whose states are kept: 0.2 MB a window of Stable Diffusion 1.5. */
const MOST_KEPT = 32;

export interface ClipPromptOptions {
  readonly graph: Graph;
  readonly tokenizer: ClipTokenizer;
  /** Tokens that the encoder takes at once. */
  readonly length: number;
  readonly layers: number;
  /** What its ids are. */
  readonly ids: "int64" | "int32";
}

/** One CLIP text encoder. What is longer than it takes is encoded in windows whose states follow one another. */
export function clipPrompts(options: ClipPromptOptions): PromptEncoder {
  const { graph, tokenizer } = options;
  const { start, end, padding } = tokenizer;
  const window = { length: options.length, start, end, padding };
  const kept = new Recent<Tensor>(MOST_KEPT);

  async function tokens(text: string, param: string, signal: AbortSignal): Promise<Int32Array> {
    const [{ ids } = { ids: new Int32Array() }] = await tokenizer.encode([text], {
      specialTokens: false,
      signal,
    });
    const most = MOST_WINDOWS * (window.length - 2);
    if (ids.length <= most) return ids;
    throw new KernelError(
      "INVALID_INPUT",
      `${param} has ${ids.length} tokens; ${most} are the most. Shorten it.`,
      { param },
    );
  }

  async function states(
    ids: Int32Array,
    count: number,
    output: string,
    signal: AbortSignal,
  ): Promise<Tensor> {
    const parts: Tensor[] = [];
    for (const row of windows(ids, count, window)) {
      const input_ids = idTensor(row, options.ids);
      const found: Record<string, Tensor> = await graph.run({ input_ids }, [output], signal);
      parts.push(found[output]!);
    }
    return inSequence(parts);
  }

  return {
    async encode({ prompt, negativePrompt, clipSkip }: Prompts, signal) {
      const output = outputFor(clipSkip, options);
      const ids = await tokens(prompt, "prompt", signal);
      const negativeIds =
        negativePrompt === undefined
          ? undefined
          : await tokens(negativePrompt, "negativePrompt", signal);
      const count = Math.max(
        windowCount(ids.length, window),
        windowCount(negativeIds?.length ?? 0, window),
      );
      const encode = (of: Int32Array, from: string) =>
        kept.get(`${from} ${count} ${of.join()}`, () => states(of, count, from, signal));
      return {
        prompt: await encode(ids, output),
        // Never skips layers, as in diffusers.
        negative: negativeIds && (await encode(negativeIds, clipSkipOutput(0))),
        tokens: ids.length + 2 * windowCount(ids.length, window),
      };
    },
  };
}

function outputFor(clipSkip: number, { graph, layers }: ClipPromptOptions): string {
  const output = clipSkipOutput(clipSkip);
  if (graph.source.outputs.includes(output)) return output;
  const [code, most] =
    clipSkip > layers ? (["INVALID_INPUT", layers] as const) : (["UNSUPPORTED", 0] as const);
  throw new KernelError(
    code,
    `clip_skip is ${clipSkip}; this text encoder can leave out ${most} layers at most.`,
    {
      param: "clipSkip",
    },
  );
}

function idTensor(ids: readonly number[], type: "int64" | "int32"): Tensor {
  const data = type === "int64" ? BigInt64Array.from(ids, BigInt) : Int32Array.from(ids);
  return { type, dims: [1, ids.length], data };
}

/** [1, n, width] each, one after the other along the sequence. */
function inSequence(parts: readonly Tensor[]): Tensor {
  const [first] = parts;
  if (parts.length === 1) return first!;
  const [, length = 0, width = 0] = first!.dims;
  const data = new Float32Array(parts.length * length * width);
  for (const [i, part] of parts.entries()) data.set(part.data as Float32Array, i * length * width);
  return { type: "float32", dims: [1, parts.length * length, width], data };
}
