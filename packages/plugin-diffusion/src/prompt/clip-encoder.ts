import { KernelError, reached } from "@kindred/core";
import type { Graph, Tensor } from "@kindred/core";
import type { PromptCut, PromptField } from "../task.ts";
import type { ClipTokenizer } from "./clip-tokenizer.ts";
import { idTensor } from "./input-ids.ts";
import type { IdType } from "./input-ids.ts";
import { Recent } from "./recent.ts";
import { withAllVectors } from "./several-vectors.ts";
import { windowCount, windows } from "./windows.ts";

/** Windows of one text. Attention to them costs the denoiser memory and time at every step. */
const maxWindows = 32;
/** Texts whose results are kept: 0.2 MB for a window of Stable Diffusion 1.5. */
const maxKept = 32;

/** The graph's outputs for one window, by name. */
export type WindowOutputs = Readonly<Record<string, Tensor>>;

export interface PromptText {
  readonly text: string;
  readonly field: PromptField;
  /** Whether a text of more than one window is cut to the first. */
  readonly truncate: boolean;
}

export interface TokenizedText {
  readonly ids: Int32Array;
  /** Present when ids were left out. */
  readonly cut?: PromptCut;
}

/** One CLIP text encoder with its tokenizer. It takes long texts in windows. */
export interface ClipEncoder {
  /** Transformer layers that the graph runs. */
  readonly layers: number;
  /** Names of the graph's outputs: those in graphs/clip-text.ts, or fewer in an export. */
  readonly outputs: readonly string[];
  /**
   * A text's ids, without start and end tokens. INVALID_INPUT on the prompt's field for a text of too many. Runs no graph.
   */
  tokenize(prompt: PromptText, signal: AbortSignal): Promise<TokenizedText>;
  /** The number of windows that so many ids fill: at least one. */
  windowCount(ids: number): number;
  /** These outputs for each of `windows` windows. Results of the last texts are kept. Rejects as `Graph.run` does. */
  encode(
    ids: Int32Array,
    asked: { readonly windows: number; readonly outputs: readonly string[] },
    signal: AbortSignal,
  ): Promise<readonly WindowOutputs[]>;
}

export interface ClipEncoderOptions {
  readonly graph: Graph;
  readonly tokenizer: ClipTokenizer;
  /** Tokens of a window, start and end tokens included. */
  readonly length: number;
  readonly layers: number;
  readonly ids: IdType;
}

const texts: Readonly<Record<PromptField, string>> = {
  prompt: "The prompt",
  prompt2: "The second prompt",
  prompt3: "The third prompt",
  negativePrompt: "The negative prompt",
  negativePrompt2: "The second negative prompt",
  negativePrompt3: "The third negative prompt",
};

export function clipEncoder({ graph, tokenizer, ...options }: ClipEncoderOptions): ClipEncoder {
  const { start, end, padding } = tokenizer;
  const window = { length: options.length, start, end, padding };
  const room = window.length - 2;
  const maxTokens = maxWindows * room;
  const kept = new Recent<readonly WindowOutputs[]>(maxKept);

  async function idsOf(text: string, signal: AbortSignal): Promise<Int32Array> {
    const [tokens] = await tokenizer.encode([text], { specialTokens: false, signal });
    return tokens?.ids ?? new Int32Array();
  }

  return {
    layers: options.layers,
    outputs: graph.source.outputs,
    windowCount: (ids) => windowCount(ids, window),

    async tokenize({ text, field, truncate }, signal) {
      const written = await idsOf(text, signal);
      const all = withAllVectors(text, written, tokenizer.severalVectors);
      const ids = all === text ? written : await idsOf(all, signal);
      if (truncate && ids.length > room)
        return { ids: ids.slice(0, room), cut: { field, tokens: ids.length, kept: room } };
      if (ids.length <= maxTokens) return { ids };
      reached("prompt.tokens");
      throw new KernelError(
        "INVALID_INPUT",
        `${texts[field]} has ${ids.length} tokens, and at most ${maxTokens} fit. Shorten it, or send prompt_truncate: true to have it cut to ${room}.`,
        { param: field },
      );
    },

    encode(ids, { windows: count, outputs }, signal) {
      return kept.get(`${outputs.join()} ${count} ${ids.join()}`, async () => {
        const found: WindowOutputs[] = [];
        for (const row of windows(ids, count, window)) {
          found.push(await graph.run({ input_ids: idTensor(row, options.ids) }, outputs, signal));
        }
        return found;
      });
    },
  };
}
