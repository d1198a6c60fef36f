import type { PromptCut } from "../task.ts";
import type { ClipEncoder, WindowOutputs } from "./clip-encoder.ts";
import type { Prompts } from "./prompt-encoder.ts";
import { promptText } from "./prompt-texts.ts";
import type { Side } from "./prompt-texts.ts";

/** A request's texts as token ids of several CLIP text encoders. */
export interface ClipTexts {
  /** Tokens of the first encoder's prompt, start and end tokens included. */
  readonly tokens: number;
  readonly cut: readonly PromptCut[];
  /** Runs encoder `i` over its text of one side. Gives the named outputs of each window. Rejects as `Graph.run` does. */
  encode(
    asked: { readonly side: Side; readonly encoder: number; readonly outputs: readonly string[] },
    signal: AbortSignal,
  ): Promise<readonly WindowOutputs[]>;
}

/**
 * Tokenises the texts of a request for each encoder. All get as many windows as the longest text fills. The texts against
 * the prompt are left out where nothing is guided. INVALID_INPUT on the field of a text that is too long.
 */
export async function tokenizeForClips(
  encoders: readonly ClipEncoder[],
  prompts: Prompts,
  signal: AbortSignal,
): Promise<ClipTexts> {
  const tokenize = (side: Side) =>
    Promise.all(
      encoders.map((encoder, i) => encoder.tokenize(promptText(prompts, side, i), signal)),
    );
  const texts = {
    prompt: await tokenize("prompt"),
    negative: prompts.guided ? await tokenize("negative") : [],
  };
  const counts = [texts.prompt, texts.negative].flatMap((side) =>
    side.map(({ ids }, i) => encoders[i]!.windowCount(ids.length)),
  );
  const windows = Math.max(...counts);
  const [first] = texts.prompt;
  const cuts = [...texts.prompt, ...texts.negative].flatMap(({ cut }) => cut ?? []);
  return {
    tokens: first!.ids.length + 2 * encoders[0]!.windowCount(first!.ids.length),
    cut: cuts.filter(({ field }, i) => cuts.findIndex((each) => each.field === field) === i),
    encode: ({ side, encoder, outputs }, of) =>
      encoders[encoder]!.encode(texts[side][encoder]!.ids, { windows, outputs }, of),
  };
}
