import { bodyJsonSchema } from "@kindred/core";
import type { Reply } from "@kindred/core";
import sharp from "sharp";
import { describe, expect, test } from "vitest";
import { heldEndpoint } from "../../../test/held-endpoint.ts";
import { generations as generationsWith } from "../src/endpoints/generations.ts";
import type { GenerationsBody } from "../src/endpoints/generations.ts";
import type { Pictures } from "../src/index.ts";
import { uploadDefaults } from "../src/picture/upload-limits.ts";

const generations = heldEndpoint(generationsWith(uploadDefaults));

test("its JSON Schema has the fields that a client may send", () => {
  const told = bodyJsonSchema(generations.body);
  expect(told).toMatchObject({ type: "object", required: ["prompt"] });
  expect(told!["properties"]).toMatchObject({
    prompt: { type: "string" },
    n: { anyOf: [{ type: "integer", minimum: 1, maximum: 10 }, { type: "null" }] },
  });
});

async function problems(body: unknown): Promise<readonly string[]> {
  const { issues = [] } = await generations.body["~standard"].validate(body);
  return issues.map((issue) => {
    const keys = "keys" in issue ? (issue.keys as string[]) : [];
    return `${[...(issue.path ?? []), ...keys].join(".")}: ${issue.message}`;
  });
}

async function inputOf(body: unknown) {
  const result = await generations.body["~standard"].validate(body);
  if (result.issues) throw new Error(result.issues[0]?.message);
  return (await generations.decode(result.value)).input;
}

interface TestReply extends Reply<GenerationsBody> {
  readonly warnings: string[];
}

function reply(fields: Partial<GenerationsBody> = {}): TestReply {
  const warnings: string[] = [];
  return {
    body: { prompt: "a fox", ...fields },
    model: "sd",
    created: 7,
    warnings,
    warn: (text) => warnings.push(text),
    file: async (bytes, type) => `http://host/${type}/${bytes.length > 0}`,
  };
}

const output: Pictures = {
  pictures: [5, 6].map((seed) => ({
    rgb: Uint8Array.from({ length: 8 * 16 * 3 }, (_, i) => i * seed),
    width: 8,
    height: 16,
    seed,
  })),
  settings: {
    prompt: "a fox",
    negativePrompt: "rain",
    width: 8,
    height: 16,
    steps: 20,
    guidance: 7.5,
    guidanceRescale: 0,
    sampler: "Euler a",
    clipSkip: 1,
  },
  model: "sd",
  steps: 1,
  promptTokens: 4,
};

describe("a body", () => {
  test("with every field becomes a request", async () => {
    const body = {
      model: "sd",
      prompt: "a fox",
      n: 2,
      size: "512x768",
      seed: 7,
      negative_prompt: "rain",
      num_inference_steps: 20,
      guidance_scale: 5,
      guidance_rescale: 0.7,
      sampler_name: "euler A",
      clip_skip: 1,
      prompt_truncate: true,
      deepcache_interval: 3,
      stream: true,
      partial_images: 2,
    };
    expect(await inputOf(body)).toEqual({
      prompt: "a fox",
      count: 2,
      width: 512,
      height: 768,
      seed: 7,
      negativePrompt: "rain",
      steps: 20,
      guidance: 5,
      guidanceRescale: 0.7,
      sampler: "euler A",
      clipSkip: 1,
      promptTruncate: true,
      deepcacheInterval: 3,
      previews: 2,
    });
  });

  test("of nulls means the defaults", async () => {
    const fields = [
      "n",
      "size",
      "seed",
      "response_format",
      "quality",
      "kwargs",
      "model",
      "user",
      "stream",
    ];
    const nulls = Object.fromEntries(fields.map((field) => [field, null]));
    expect(await inputOf({ prompt: "a fox", ...nulls })).toEqual(
      await inputOf({ prompt: "a fox" }),
    );
  });

  test.each(["64*128", "64x128", "64X128"])("takes the size %s", async (size) => {
    expect(await inputOf({ prompt: "", size })).toMatchObject({ width: 64, height: 128 });
  });

  test("of size auto leaves the size to the model", async () => {
    expect(await inputOf({ prompt: "", size: "auto" })).not.toHaveProperty("width");
  });

  test("may have fields in kwargs, as Xinference's client sends them", async () => {
    const kwargs = JSON.stringify({ num_inference_steps: 4, seed: null, prompt_truncate: true });
    const body = { prompt: "a fox", size: "64*64", kwargs, seed: 1 };
    expect(await inputOf(body)).toMatchObject({
      steps: 4,
      seed: 1,
      width: 64,
      promptTruncate: true,
    });
  });

  test.each<[string, object]>([
    ["prompt: ", {}],
    ["prompt: ", { prompt: "a".repeat(100_000) }],
    ["n: ", { n: 11 }],
    ["n: ", { n: 0 }],
    ["n: ", { n: "2" }],
    ["size: ", { size: "0x64" }],
    ["size: ", { size: "large" }],
    ["num_inference_steps: ", { num_inference_steps: 0 }],
    ["num_inference_steps: ", { num_inference_steps: 10_000 }],
    ["guidance_scale: ", { guidance_scale: -1 }],
    ["guidance_rescale: ", { guidance_rescale: 1.1 }],
    ["clip_skip: ", { clip_skip: -1 }],
    ["prompt_truncate: ", { prompt_truncate: "yes" }],
    ["seed: ", { seed: 1.5 }],
    ["seed: ", { seed: 2 ** 53 - 1 }],
    ["response_format: ", { response_format: "png" }],
    ["output_format: ", { output_format: "gif" }],
    ["output_compression: ", { output_compression: 101 }],
    ["partial_images: ", { partial_images: 4 }],
    ["strength: ", { strength: 0.5 }],
    ["steps: ", { steps: 4 }],
    ["prompt: ", { prompt: "a \ud800 fox" }],
    ["negative_prompt: ", { negative_prompt: "\udc00" }],
    ["negative_prompt: ", { kwargs: '{"negative_prompt": "\\ud800"}' }],
    ["kwargs: ", { kwargs: "{" }],
    ["kwargs: ", { kwargs: "[]" }],
    ["kwargs: ", { kwargs: '{"n": 1}', n: 2 }],
    ["foo: ", { kwargs: '{"foo": 1}' }],
    ["__proto__: ", { kwargs: '{"__proto__": 1}' }],
    ["num_inference_steps: ", { kwargs: '{"num_inference_steps": 0}' }],
  ])("is refused with its field named: %s%j", async (field, change) => {
    const body =
      "prompt" in change || field === "prompt: " ? change : { prompt: "a fox", ...change };
    expect(await problems(body)).toEqual([expect.stringContaining(field)]);
  });

  test.each(["model", "sampler_name", "quality", "style", "background", "moderation", "user"])(
    "is refused for a %s of 100,000 characters, which the message does not quote",
    async (field) => {
      const body = { prompt: "a fox", [field]: "m".repeat(100_000) };
      expect(await problems(body)).toEqual([expect.stringMatching(`^${field}: .{0,80}$`)]);
    },
  );

  test("may have the longest prompt, escaped, in kwargs, and little more", async () => {
    const kwargs = `{"negative_prompt": "${"\\u6f22".repeat(32_000)}"}`;
    const input = await inputOf({ prompt: "a fox", kwargs });
    expect(input.negativePrompt).toBe("漢".repeat(32_000));
    const long = { prompt: "a fox", kwargs: `${kwargs}${" ".repeat(100_000)}` };
    expect(await problems(long)).toEqual([
      "kwargs: has 292023 characters, and at most 262144 are taken",
    ]);
  });

  test("names the fields of the task that errors are about as clients do", () => {
    expect(generations.fields).toMatchObject({
      sampler: "sampler_name",
      width: "size",
      height: "size",
      steps: "num_inference_steps",
      clipSkip: "clip_skip",
      negativePrompt: "negative_prompt",
    });
  });
});

describe("a reply", () => {
  test("has a PNG and a seed for each picture, and the prompt's tokens", async () => {
    const answer: any = await generations.encode(output, reply());
    expect(answer).toMatchObject({
      created: 7,
      output_format: "png",
      size: "8x16",
      usage: { input_tokens: 4, output_tokens: 0, total_tokens: 4 },
    });
    expect(answer.data.map(({ seed }: { seed: number }) => seed)).toEqual([5, 6]);
    const png = Buffer.from(answer.data[1].b64_json, "base64");
    const { data, info } = await sharp(png)
      .removeAlpha()
      .raw()
      .toBuffer({ resolveWithObject: true });
    expect([info.width, info.height, info.format]).toEqual([8, 16, "raw"]);
    expect(new Uint8Array(data)).toEqual(output.pictures[1]!.rgb);
    expect(answer.data[0]).not.toHaveProperty("url");
  });

  test("has PNGs with the picture's settings, as AUTOMATIC1111 writes them", async () => {
    const answer: any = await generations.encode(output, reply());
    const png = Buffer.from(answer.data[0].b64_json, "base64").toString("latin1");
    expect(png).toContain(
      "tEXtparameters\0a fox\nNegative prompt: rain\nSteps: 20, Sampler: Euler a, CFG scale: 7.5, Seed: 5, Size: 8x16, Model: sd, Clip skip: 2, Version: Kindred",
    );
  });

  test.each(["jpeg", "webp"] as const)(
    "has %s files when asked for, smaller ones at low quality",
    async (format) => {
      const encode = async (output_compression: number) => {
        const answer: any = await generations.encode(
          output,
          reply({ output_format: format, output_compression }),
        );
        return Buffer.from(answer.data[0].b64_json, "base64");
      };
      const [low, high] = [await encode(0), await encode(100)];
      expect((await sharp(high).metadata()).format).toBe(format);
      expect(low.length).toBeLessThan(high.length);
    },
  );

  test("has URLs of kept files when asked for", async () => {
    const answer: any = await generations.encode(output, reply({ response_format: "url" }));
    expect(answer.data[0]).toEqual({ url: "http://host/image/png/true", seed: 5 });
  });

  test("warns of fields that had no effect", async () => {
    const asked = {
      quality: "hd",
      style: "vivid",
      user: "u",
      background: "auto",
      output_compression: 5,
    };
    const told = reply(asked);
    await generations.encode(output, told);
    expect(told.warnings.map((text) => text.split(" ")[0])).toEqual([
      "quality",
      "style",
      "user",
      "output_compression",
    ]);
  });

  test("warns that a negative prompt has no effect without guidance", async () => {
    const unguided = { ...output, settings: { ...output.settings, guidance: 1 } };
    const told = reply({ negative_prompt: "rain" });
    await generations.encode(unguided, told);
    expect(told.warnings).toEqual(["negative_prompt has no effect at guidance_scale 1."]);
  });

  test.each([
    { negative_prompt_2: "rain" },
    { negative_prompt_3: "rain" },
    { negative_original_size: "8x8" },
    { negative_crops_coords_top_left: [0, 0] as const },
    { negative_target_size: "8x8" },
  ])("warns that %o has no effect without guidance", async (body) => {
    const unguided = { ...output, settings: { ...output.settings, guidance: 0 } };
    const told = reply(body);
    await generations.encode(unguided, told);
    expect(told.warnings).toEqual([`${Object.keys(body)[0]} has no effect at guidance_scale 0.`]);
  });

  test("warns that DeepCache has no effect on a single step", async () => {
    const told = reply({ deepcache_interval: 3 });
    await generations.encode(output, told);
    expect(told.warnings).toEqual(["deepcache_interval has no effect on a single step."]);
    const cached = reply({ deepcache_interval: 3 });
    await generations.encode(
      { ...output, settings: { ...output.settings, deepcacheInterval: 3 } },
      cached,
    );
    expect(cached.warnings).toEqual([]);
  });

  test("warns of a second pass that was drawn at another size than the one that is answered", async () => {
    const told = reply({ size: "256x256", hires: { scale: 2 } });
    const settings = { ...output.settings, width: 512, height: 512 };
    const hires = { scale: 2, strength: 0.7, width: 256, height: 256 };
    const drawn = { width: 128, height: 128 };
    await generations.encode({ ...output, settings: { ...settings, hires }, drawn }, told);
    expect(told.warnings).toEqual(["Drawn at 128x128 in the second pass, and resized to 512x512."]);
  });

  test("warns that fields of guidance have no effect on a model that takes no negative prompt", async () => {
    const told = reply({ negative_prompt: "rain", guidance_rescale: 0.5 });
    await generations.encode({ ...output, guided: false }, told);
    expect(told.warnings).toEqual([
      "negative_prompt has no effect on this model.",
      "guidance_rescale has no effect on this model.",
    ]);
  });

  test("warns that prompts were cut, in a stream too", async () => {
    const cut = [
      { field: "prompt", tokens: 120, kept: 75 },
      { field: "negativePrompt", tokens: 76, kept: 75 },
    ] as const;
    const warnings = [
      "prompt has 120 tokens and was cut to the first 75.",
      "negative_prompt has 76 tokens and was cut to the first 75.",
    ];
    const [told, streamed] = [reply(), reply({ stream: true })];
    await generations.encode({ ...output, cut }, told);
    await generations.stream!.end({ ...output, cut }, streamed);
    expect([told.warnings, streamed.warnings]).toEqual([warnings, warnings]);
  });

  test("warns that a picture was drawn at another size than asked for", async () => {
    const drawn = { ...output, drawn: { width: 64, height: 128 } };
    const told = reply({ size: "8x16" });
    await generations.encode(drawn, told);
    expect(told.warnings).toEqual([
      "Drawn at 64x128, near the size of the model's training, and resized to 8x16.",
    ]);
    const silent = reply();
    await generations.encode(drawn, silent);
    expect(silent.warnings).toEqual([]);
  });

  test("for a terminal has size and seed of each picture, and files", async () => {
    const shown = await generations.show!(output, reply());
    expect(shown.text).toBe("8x16, seed 5\n8x16, seed 6");
    expect(shown.files?.map(({ type }) => type)).toEqual(["image/png", "image/png"]);
    expect(shown.files?.map(({ name }) => name)).toEqual(["5", "6"]);
  });

  test("for a terminal has files in the format that is asked for, and warnings", async () => {
    const told = reply({ output_format: "webp", style: "vivid" });
    const shown = await generations.show!(output, told);
    expect(shown.files?.map(({ type }) => type)).toEqual(["image/webp", "image/webp"]);
    expect(Buffer.from(shown.files![0]!.bytes).toString("latin1", 0, 4)).toBe("RIFF");
    expect(told.warnings).toEqual(["style has no effect."]);
  });
});

describe("a stream", () => {
  test("has a partial image for each preview, with OpenAI's fields, and nothing for other steps", async () => {
    const { event } = generations.stream!;
    expect(await event({ done: 1, total: 2 }, reply())).toBeUndefined();
    const preview = { ...output.pictures[0]!, index: 1 };
    expect(await event({ done: 1, total: 2, preview }, reply({ output_format: "webp" }))).toEqual({
      event: "image_generation.partial_image",
      data: {
        type: "image_generation.partial_image",
        b64_json: expect.stringMatching(/^UklGR/),
        partial_image_index: 1,
        created_at: 7,
        size: "8x16",
        quality: "auto",
        background: "opaque",
        output_format: "webp",
      },
    });
  });

  test("ends with a completed event for each picture, with usage", async () => {
    const events = [...(await generations.stream!.end(output, reply()))];
    expect(events.map(({ event }) => event)).toEqual(Array(2).fill("image_generation.completed"));
    expect(events[1]?.data).toMatchObject({ seed: 6, usage: { total_tokens: 4 }, size: "8x16" });
  });
});

test.each([
  [{ response_format: "url" }, "response_format"],
  [{ response_format: "b64_json" }, undefined],
  [{ response_format: "url", stream: true }, undefined],
  [{}, undefined],
])("%j says which field wants files to be kept: %s", async (fields, field) => {
  const decoded = await generations.decode({ prompt: "a fox", ...fields } as never);
  expect(decoded.filesFor).toBe(field);
});
