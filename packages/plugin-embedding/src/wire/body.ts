import { inputProblem, inputSchema } from "@kindred/text-encoders";
import type { Input } from "@kindred/text-encoders";
import * as z from "zod";
import { embeddingKinds } from "../kinds/embedding-kind.ts";
import type { EmbeddingKind } from "../kinds/embedding-kind.ts";
import { outputTypes } from "../quantization/output-type.ts";
import type { OutputType } from "../quantization/output-type.ts";
import { kindFlags, kindsIn } from "./kinds-in.ts";
import type { KindFlags } from "./kinds-in.ts";

/** Kinds of texts: Xinference's and NVIDIA's, Voyage's, and Cohere's. */
const inputTypes = [
  "query",
  "passage",
  "document",
  "search_query",
  "search_document",
  "classification",
  "clustering",
] as const;

type InputType = (typeof inputTypes)[number];

/** The body of `POST /v1/embeddings`; null means absent. */
export interface EmbeddingsBody extends KindFlags {
  readonly model?: string | null | undefined;
  readonly input: Input;
  readonly encoding_format?: "float" | "base64" | null | undefined;
  readonly dimensions?: number | null | undefined;
  readonly output_dtype?: OutputType | null | undefined;
  /** Accepted without effect. */
  readonly user?: string | null | undefined;
  readonly prompt_name?: string | null | undefined;
  /** The same as `prompt_name`, as other servers call it. */
  readonly input_type?: InputType | null | undefined;
  readonly truncate?: boolean | null | undefined;
  /** vLLM's and Xinference's: the most tokens of each text, or -1 for as many as the model takes. */
  readonly truncate_prompt_tokens?: number | null | undefined;
  readonly embedding_types?: readonly EmbeddingKind[] | null | undefined;
}

const nameField = z.string().max(500).nullish();
const flag = z.boolean().nullish();

export const body: z.ZodType<EmbeddingsBody> = z
  .strictObject({
    model: nameField.describe("The id of an embedder. Default: the only one that is served."),
    input: z
      .custom<Input>((input) => !inputProblem(input), { error: ({ input }) => inputProblem(input) })
      .meta({ description: "A text, several texts, or token ids in their place.", ...inputSchema }),
    encoding_format: z
      .enum(["float", "base64"])
      .nullish()
      .describe(
        "float: arrays of numbers. base64: the bytes of float32 numbers, little-endian. Default: float.",
      ),
    dimensions: z
      .int()
      .min(1)
      .nullish()
      .describe("Keeps that many leading numbers of each vector."),
    output_dtype: z
      .enum(outputTypes)
      .nullish()
      .describe("The type of the numbers. Default: float."),
    user: nameField.describe("It has no effect."),
    prompt_name: nameField.describe("The prompt before each text, by a name that the model has."),
    input_type: z
      .enum(inputTypes)
      .nullish()
      .describe("The kind of the texts, as other servers call their prompts."),
    truncate: flag.describe("Cuts texts that are too long, which are refused otherwise."),
    truncate_prompt_tokens: z
      .int()
      .min(-1)
      .refine((tokens) => tokens !== 0, { error: "must be 1 or more, or -1" })
      .nullish()
      .describe("Cuts texts to so many tokens; -1 to as many as the model takes."),
    embedding_types: z
      .array(z.enum(embeddingKinds), { error: `must be a list of ${embeddingKinds.join(", ")}` })
      .min(1)
      .max(embeddingKinds.length)
      .nullish()
      .describe("The kinds of embeddings. Default: dense."),
    return_dense: flag.describe("Asks for dense vectors."),
    return_sparse: flag.describe("Asks for weights by token ids."),
    return_colbert_vecs: flag.describe("Asks for a vector of each token."),
  })
  .refine(({ prompt_name, input_type }) => prompt_name == null || input_type == null, {
    path: ["input_type"],
    error: "prompt_name says this already: send one of the two",
  })
  .refine((sent) => sent.truncate == null || sent.truncate_prompt_tokens == null, {
    path: ["truncate_prompt_tokens"],
    error: "truncate says whether texts are cut, too: send one of the two",
  })
  .refine((sent) => sent.embedding_types == null || kindFlags.every((each) => sent[each] == null), {
    path: ["embedding_types"],
    error: `${kindFlags.join(", ")} say this, too: send either`,
  })
  .refine((sent) => sent.return_dense !== false || kindFlags.some((each) => sent[each]), {
    path: ["return_dense"],
    error: "it is false, and nothing else is asked for",
  })
  // OpenAI's SDKs ask for base64 by themselves and read the bytes as float32.
  .refine((sent) => sent.encoding_format !== "base64" || isFloats(sent), {
    path: ["encoding_format"],
    error:
      'base64 is for float32 vectors alone, which OpenAI\'s SDKs read it as: send encoding_format: "float"',
  });

/** Whether an item's `embedding` is a vector of float32. */
function isFloats(
  sent: Pick<EmbeddingsBody, "output_dtype" | "embedding_types" | keyof KindFlags>,
) {
  return (sent.output_dtype ?? "float") === "float" && (kindsIn(sent)?.includes("dense") ?? true);
}
