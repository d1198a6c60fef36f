import type { Endpoint, ReplySchema } from "@kindred/core";
import * as z from "zod";
import { idsInputProblem, listed } from "../request/input.ts";
import type { IdsInput } from "../request/input.ts";
import { idsSchema } from "../request/input-schemas.ts";
import { detokenizeTask } from "./tasks.ts";

/** The body of `POST /v1/detokenize`; null means absent. */
export interface DetokenizeBody {
  readonly model?: string | null | undefined;
  readonly input: IdsInput;
  readonly skip_special_tokens?: boolean | null | undefined;
}

const body: z.ZodType<DetokenizeBody> = z.strictObject({
  model: z.string().max(500).nullish().describe("The id of a model that reads texts."),
  input: z
    .custom<IdsInput>((input) => !idsInputProblem(input), {
      error: ({ input }) => idsInputProblem(input),
    })
    .meta(idsSchema),
  skip_special_tokens: z.boolean().nullish().describe("Leaves special tokens out. Default: true."),
});

const reply: ReplySchema = z.object({
  object: z.literal("list"),
  data: z
    .array(
      z.object({
        object: z.literal("text"),
        index: z.int().min(0).describe("The ids' place among the inputs."),
        text: z.string(),
      }),
    )
    .describe("An item for each list of ids, in order."),
  model: z.string().describe("The id of the model that answered."),
});

/** Tells the texts of token ids. */
export const detokenize: Endpoint<typeof detokenizeTask, DetokenizeBody> = {
  path: "/v1/detokenize",
  task: detokenizeTask,
  summary: "Tells the texts of token ids.",
  body,
  fields: { skipSpecialTokens: "skip_special_tokens" },

  decode: ({ model, input, skip_special_tokens }) => ({
    model: model ?? undefined,
    input: { input: listed(input), skipSpecialTokens: skip_special_tokens ?? undefined },
  }),

  reply,
  encode: (texts, { model }) => ({
    object: "list",
    data: texts.map((text, index) => ({ object: "text", index, text })),
    model,
  }),
};
