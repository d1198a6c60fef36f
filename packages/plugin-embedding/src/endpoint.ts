import type { Endpoint } from "@kindred/core";
import * as z from "zod";
import { inputProblem } from "./input.ts";
import type { Input } from "./input.ts";
import { embeddingTask } from "./task.ts";
import type { Embeddings } from "./task.ts";

/** The body of `POST /v1/embeddings`; null means absent. */
export interface EmbeddingsBody {
  readonly model?: string | null | undefined;
  readonly input: Input;
  readonly encoding_format?: "float" | "base64" | null | undefined;
  readonly dimensions?: number | null | undefined;
  /** Accepted without effect. */
  readonly user?: string | null | undefined;
  readonly prompt_name?: string | null | undefined;
  /** The same as `prompt_name`, as other servers call it. */
  readonly input_type?: "query" | "passage" | null | undefined;
  readonly truncate?: boolean | null | undefined;
}

const nameField = z.string().max(500).nullish();

const body: z.ZodType<EmbeddingsBody> = z
  .strictObject({
    model: nameField,
    input: z.custom<Input>((input) => !inputProblem(input), {
      error: ({ input }) => inputProblem(input),
    }),
    encoding_format: z.enum(["float", "base64"]).nullish(),
    dimensions: z.int().min(1).nullish(),
    user: nameField,
    prompt_name: nameField,
    input_type: z.enum(["query", "passage"]).nullish(),
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
  fields: { prompt: "prompt_name" },

  decode: ({ model, input, prompt_name, input_type, truncate, dimensions }) => ({
    model: model ?? undefined,
    input: {
      input: listed(input),
      prompt: prompt_name ?? input_type ?? undefined,
      truncate: truncate ?? undefined,
      dimensions: dimensions ?? undefined,
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

function listed(input: Input): readonly (string | readonly number[])[] {
  if (typeof input === "string") return [input];
  return isIds(input) ? [input] : input;
}

function isIds(input: Exclude<Input, string>): input is readonly number[] {
  return typeof input[0] === "number";
}

/** Float32 as the machine stores it, which is little-endian wherever onnxruntime-node runs. */
function base64({ buffer, byteOffset, byteLength }: Float32Array): string {
  return Buffer.from(buffer, byteOffset, byteLength).toString("base64");
}

function summary(vector: Float32Array): string {
  const head = Array.from(vector.subarray(0, 6), (value) => value.toFixed(4));
  if (vector.length > head.length) head.push("…");
  return `[${head.join(", ")}]  length ${vector.length}, norm ${Math.hypot(...vector).toFixed(4)}`;
}
