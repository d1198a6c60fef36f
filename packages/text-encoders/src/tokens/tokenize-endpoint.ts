import type { Endpoint, ReplySchema } from "@kindred/core";
import * as z from "zod";
import { listed, textsInputProblem } from "../request/input.ts";
import type { TextsInput } from "../request/input.ts";
import { textsSchema } from "../request/input-schemas.ts";
import { tokenizeTask } from "./tasks.ts";

/** The body of `POST /v1/tokenize`; null means absent. */
export interface TokenizeBody {
  readonly model?: string | null | undefined;
  readonly input: TextsInput;
  readonly add_special_tokens?: boolean | null | undefined;
}

const body: z.ZodType<TokenizeBody> = z.strictObject({
  model: z.string().max(500).nullish().describe("The id of a model that reads texts."),
  input: z
    .custom<TextsInput>((input) => !textsInputProblem(input), {
      error: ({ input }) => textsInputProblem(input),
    })
    .meta(textsSchema),
  add_special_tokens: z
    .boolean()
    .nullish()
    .describe("Adds the special tokens that the model has around one text. Default: true."),
});

const count = z.int().min(0);

const reply: ReplySchema = z.object({
  object: z.literal("list"),
  data: z
    .array(
      z.object({
        object: z.literal("tokens"),
        index: count.describe("The text's place among the inputs."),
        count,
        ids: z.array(count),
        tokens: z.array(z.string()),
        offsets: z
          .array(z.tuple([count, count]))
          .describe("Where each token begins and ends in its text, in Unicode code points."),
      }),
    )
    .describe("An item for each text, in order."),
  model: z.string().describe("The id of the model that answered."),
  max_tokens: count.describe("Tokens of one text that the model takes, special tokens included."),
});

/** Tells the tokens of texts: ids, tokens, and their places in the text in Unicode code points. */
export const tokenize: Endpoint<typeof tokenizeTask, TokenizeBody> = {
  path: "/v1/tokenize",
  task: tokenizeTask,
  summary: "Tells the tokens of texts.",
  body,
  fields: { specialTokens: "add_special_tokens" },

  decode: ({ model, input, add_special_tokens }) => ({
    model: model ?? undefined,
    input: { input: listed(input), specialTokens: add_special_tokens ?? undefined },
  }),

  reply,
  encode: ({ texts, maxTokens }, { model }) => ({
    object: "list",
    data: texts.map(({ ids, tokens, offsets }, index) => ({
      object: "tokens",
      index,
      count: ids.length,
      ids,
      tokens,
      // Made when it is written: pairs of all texts at once would hold the event loop.
      offsets: { toJSON: () => pairs(offsets) },
    })),
    model,
    max_tokens: maxTokens,
  }),
};

function pairs(numbers: Int32Array): readonly (readonly number[])[] {
  return Array.from({ length: numbers.length / 2 }, (_, i) => [
    numbers[2 * i]!,
    numbers[2 * i + 1]!,
  ]);
}
