import type { Endpoint } from "@kindred/core";
import * as z from "zod";
import { inputProblem, listed } from "@kindred/text-encoders";
import type { Input } from "@kindred/text-encoders";
import { outputTypes } from "./quantization/output-type.ts";
import type { OutputType, Vector } from "./quantization/output-type.ts";
import { embeddingTask } from "./task.ts";
import type { Embeddings } from "./task.ts";

/** The body of `POST /v1/embeddings`; null means absent. */
export interface EmbeddingsBody {
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
}

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

const nameField = z.string().max(500).nullish();

const body: z.ZodType<EmbeddingsBody> = z
  .strictObject({
    model: nameField,
    input: z.custom<Input>((input) => !inputProblem(input), {
      error: ({ input }) => inputProblem(input),
    }),
    encoding_format: z.enum(["float", "base64"]).nullish(),
    dimensions: z.int().min(1).nullish(),
    output_dtype: z.enum(outputTypes).nullish(),
    user: nameField,
    prompt_name: nameField,
    input_type: z.enum(inputTypes).nullish(),
    truncate: z.boolean().nullish(),
  })
  .refine(({ prompt_name, input_type }) => prompt_name == null || input_type == null, {
    path: ["input_type"],
    error: "prompt_name says this already: send one of the two",
  });

/** OpenAI's endpoint for embeddings, with `prompt_name` and `truncate` beside its own fields. */
export const embeddings: Endpoint<typeof embeddingTask, EmbeddingsBody> = {
  path: "/v1/embeddings",
  task: embeddingTask,
  body,
  text: "input",
  fields: { prompt: "prompt_name", outputType: "output_dtype" },

  decode: ({ model, input, prompt_name, input_type, ...asked }) => ({
    model: model ?? undefined,
    input: {
      input: listed(input),
      prompt: prompt_name ?? input_type ?? undefined,
      truncate: asked.truncate ?? undefined,
      dimensions: asked.dimensions ?? undefined,
      outputType: asked.output_dtype ?? undefined,
    },
  }),

  encode({ vectors, tokens, warnings = [] }, { body: { encoding_format, user }, model, warn }) {
    for (const warning of warnings) warn(warning);
    if (user != null) warn("user has no effect.");
    const inBase64 = encoding_format === "base64";
    return {
      object: "list",
      data: vectors.map((vector, index) => ({
        object: "embedding",
        index,
        // Encoded when it is written: all vectors at once would hold the event loop.
        embedding: inBase64 ? { toJSON: () => base64(vector) } : vector,
      })),
      model,
      usage: { prompt_tokens: tokens, total_tokens: tokens },
    };
  },

  show({ vectors, tokens, warnings = [] }: Embeddings, { warn }) {
    for (const warning of warnings) warn(warning);
    return { text: [...vectors.map(summary), `${tokens} tokens`].join("\n") };
  },
};

/** Numbers as the machine stores them, which is little-endian wherever onnxruntime-node runs. */
function base64({ buffer, byteOffset, byteLength }: Vector): string {
  return Buffer.from(buffer, byteOffset, byteLength).toString("base64");
}

function summary(vector: Vector): string {
  const isFloat = vector instanceof Float32Array;
  const head = Array.from(vector.subarray(0, 6), (value) => value.toFixed(isFloat ? 4 : 0));
  if (vector.length > head.length) head.push("…");
  const norm = isFloat ? `, norm ${Math.hypot(...vector).toFixed(4)}` : "";
  return `[${head.join(", ")}]  length ${vector.length}${norm}`;
}
