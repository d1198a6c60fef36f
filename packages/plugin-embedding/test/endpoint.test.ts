import type { Reply } from "@kindred/core";
import { embedding } from "@kindred/plugin-embedding";
import { describe, expect, test } from "vitest";
import { heldEndpoint } from "../../../test/held-endpoint.ts";

const endpoint = heldEndpoint(embedding().endpoints![0]!);
const vector = Float32Array.of(0.6, 0.8);

async function problems(body: unknown): Promise<readonly string[]> {
  const { issues = [] } = await endpoint.body["~standard"].validate(body);
  return issues.map(({ path = [], message }) => `${path.join(".")}: ${message}`);
}

function reply(body: object): Reply & { readonly warnings: string[] } {
  const warnings: string[] = [];
  return {
    body,
    warnings,
    model: "bge",
    created: 0,
    warn: (text) => warnings.push(text),
    file: async () => "",
  };
}

describe("inputs that OpenAI's clients send are taken", () => {
  test.each<[string, unknown, readonly unknown[]]>([
    ["a string", "a fox", ["a fox"]],
    ["strings", ["a", "b"], ["a", "b"]],
    ["token ids", [1, 2, 3], [[1, 2, 3]]],
    ["the token ids of one long text", Array(8192).fill(7), [Array(8192).fill(7)]],
    ["arrays of token ids", [[1], [2, 3]], [[1], [2, 3]]],
  ])("%s", async (_, input, expected) => {
    expect(await problems({ input })).toEqual([]);
    expect(await endpoint.decode({ input })).toMatchObject({ input: { input: expected } });
  });

  test("null means absent", async () => {
    const body = { model: null, input: "a", encoding_format: null, dimensions: null, user: null };
    const cuts = ["truncate", "truncate_prompt_tokens"];
    const names = ["prompt_name", "input_type", ...cuts, "output_dtype", "embedding_types"];
    const flags = ["return_dense", "return_sparse", "return_colbert_vecs"];
    const ours = Object.fromEntries([...names, ...flags].map((name) => [name, null]));
    expect(await problems({ ...body, ...ours })).toEqual([]);
    expect(await endpoint.decode({ ...body, ...ours })).toEqual({
      model: undefined,
      input: {
        input: ["a"],
        prompt: undefined,
        truncate: undefined,
        maxTokens: undefined,
        dimensions: undefined,
        outputType: undefined,
        kinds: undefined,
      },
    });
  });

  test.each(["query", "passage", "document", "search_query", "search_document", "clustering"])(
    "input_type %s is another word for prompt_name",
    async (input_type) => {
      expect(await problems({ input: "a", input_type })).toEqual([]);
      expect(await endpoint.decode({ input: "a", input_type })).toMatchObject({
        input: { prompt: input_type },
      });
    },
  );
});

describe("a body that breaks OpenAI's rules is refused, naming the field", () => {
  test.each<[string, object]>([
    ["input", {}],
    ["input", { input: "" }],
    ["input", { input: [] }],
    ["input", { input: ["a", ""] }],
    ["input", { input: ["a", 1] }],
    ["input", { input: [[1], []] }],
    ["input", { input: [1, "a"] }],
    ["input", { input: [1.5] }],
    ["input", { input: [-1] }],
    ["input", { input: [[1], [2 ** 60]] }],
    ["input", { input: { text: "a" } }],
    ["input", { input: Array(2049).fill("a") }],
    ["input", { input: Array(2049).fill([1]) }],
    ["input", { input: "half \ud83e" }],
    ["input", { input: ["a", "half \udd9c"] }],
    ["encoding_format", { input: "a", encoding_format: "hex" }],
    ["output_dtype", { input: "a", output_dtype: "int4" }],
    ["dimensions", { input: "a", dimensions: 0 }],
    ["dimensions", { input: "a", dimensions: 1.5 }],
    ["dimensions", { input: "a", dimensions: "8" }],
    ["user", { input: "a", user: 7 }],
    ["model", { input: "a", model: 7 }],
    ["truncate", { input: "a", truncate: "yes" }],
    ["truncate_prompt_tokens", { input: "a", truncate_prompt_tokens: 0 }],
    ["truncate_prompt_tokens", { input: "a", truncate_prompt_tokens: -2 }],
    ["truncate_prompt_tokens", { input: "a", truncate_prompt_tokens: 8, truncate: false }],
    ["input_type", { input: "a", input_type: "image" }],
    ["input_type", { input: "a", input_type: "query", prompt_name: "passage" }],
  ])("%s in %j", async (field, body) => {
    expect(await problems(body)).toEqual([expect.stringMatching(`^${field}: `)]);
  });

  test.each(["model", "prompt_name", "user"])("%s of any length", async (field) => {
    const body = { input: "a", [field]: "m".repeat(100_000) };
    expect(await problems(body)).toEqual([expect.stringMatching(`^${field}: .{0,80}$`)]);
  });

  test("a field that does not exist", async () => {
    expect(await problems({ input: "a", inputs: "b" })).toEqual([
      expect.stringContaining("inputs"),
    ]);
  });

  test("the message says which item is at fault", async () => {
    expect(await problems({ input: [[1], [2, 0.5]] })).toEqual([
      "input: must have token ids that are whole and not negative, input[1][1] is 0.5",
    ]);
    expect(await problems({ input: ["🦜", "\ud83e"] })).toEqual([
      expect.stringMatching(/surrogate.* input\[1\]$/),
    ]);
  });
});

describe("the reply", () => {
  test("has typed arrays for floats and counts the tokens", () => {
    const body = { input: "a" };
    expect(endpoint.encode({ vectors: [vector], tokens: 3 }, reply(body))).toEqual({
      object: "list",
      data: [{ object: "embedding", index: 0, embedding: vector }],
      model: "bge",
      usage: { prompt_tokens: 3, total_tokens: 3 },
    });
  });

  test("has little-endian float32 in base64 when asked for", () => {
    const whole = Float32Array.of(9, 0.6, 0.8);
    const answer: any = endpoint.encode(
      { vectors: [whole.subarray(1)], tokens: 3 },
      reply({ input: "a", encoding_format: "base64" }),
    );
    const bytes = Buffer.from(answer.data[0].embedding.toJSON(), "base64");
    expect([bytes.length, bytes.readFloatLE(0), bytes.readFloatLE(4)]).toEqual([8, ...vector]);
  });

  test.each<[string, Int8Array | Uint8Array]>([
    ["int8", Int8Array.of(-128, 5, 127)],
    ["ubinary", Uint8Array.of(0, 200, 255)],
  ])("has the numbers of %s as they are", (output_dtype, numbers) => {
    const asked = reply({ input: "a", output_dtype });
    const plain: any = endpoint.encode({ vectors: [numbers], tokens: 3 }, asked);
    expect(plain.data[0].embedding).toBe(numbers);
  });

  test("passes on what the model has to say", () => {
    const asked = reply({ input: "a" });
    endpoint.encode({ vectors: [], tokens: 0, warnings: ["One.", "Two."] }, asked);
    expect(asked.warnings).toEqual(["One.", "Two."]);
  });

  test("says that user has no effect", () => {
    const asked = reply({ input: "a", user: "me" });
    endpoint.encode({ vectors: [], tokens: 0 }, asked);
    expect(asked.warnings).toEqual(["user has no effect."]);
  });

  test("shows a terminal a vector's head, length and norm", async () => {
    const shown = await endpoint.show?.({ vectors: [vector], tokens: 3 }, reply({ input: "a" }));
    expect(shown?.text).toBe("[0.6000, 0.8000]  length 2, norm 1.0000\n3 tokens");
    const vectors = [Int8Array.of(-128, 127)];
    const whole = await endpoint.show?.({ vectors, tokens: 3 }, reply({ input: "a" }));
    const sparse = [{ ids: Int32Array.of(7, 5), weights: Float32Array.of(0.5, 0.25) }];
    const others = { vectors: [], sparse, colbert: [[vector, vector]], tokens: 3 };
    expect((await endpoint.show?.(others, reply({ input: "a" })))?.text).toBe(
      "{7: 0.5000, 5: 0.2500}  2 token ids with weights\n2 vectors of tokens, length 2\n3 tokens",
    );
    expect(whole?.text).toBe("[-128, 127]  length 2\n3 tokens");
  });
});
