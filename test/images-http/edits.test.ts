import sharp from "sharp";
import { afterAll, beforeAll, expect, test } from "vitest";
import { formOf, leftHalf, picture, pixelsOf, send } from "./edit.ts";
import { imageServer, model } from "./image-server.ts";
import type { ImageServer } from "./image-server.ts";
import { serverEvents } from "./server-events.ts";
import type { ServerEvent } from "./server-events.ts";

let server: ImageServer;
beforeAll(async () => {
  server = await imageServer();
});
afterAll(() => server[Symbol.asyncDispose]());

async function drawn(name: string, fields: Parameters<typeof formOf>[0]) {
  const reply = await send(server.url, name, formOf(fields));
  const body = await reply.json();
  expect(reply.status, JSON.stringify(body.error)).toBe(200);
  const png = Buffer.from(body.data[0].b64_json ?? "", "base64");
  return { ...body, png, pixels: png.length > 0 ? await pixelsOf(png) : undefined };
}

const bytesOf = async (file: File) => new Uint8Array(await file.arrayBuffer());

test("what a mask keeps comes back exactly, and the rest is drawn anew, by each rule", async () => {
  const [image, mask_image, hole] = [
    await picture(),
    await leftHalf(),
    await picture(64, 64, true),
  ];
  const before = (await pixelsOf(await bytesOf(image))).rgb;
  const byRule = [
    await drawn("edits", { image, mask: hole }),
    await drawn("edits", { image, mask: mask_image }),
    await drawn("inpainting", { image, mask_image }),
  ];
  for (const { pixels, size } of byRule) {
    expect(size).toBe("64x64");
    const changed = Array.from({ length: 64 * 64 }, (_, i) => i).filter((i) =>
      [0, 1, 2].some((channel) => pixels!.rgb[3 * i + channel] !== before[3 * i + channel]),
    );
    expect(changed.every((i) => i % 64 < 32)).toBe(true);
    expect(changed.length).toBeGreaterThan(1_500);
  }
  expect(byRule[0]!.pixels).toEqual(byRule[1]!.pixels);
  expect(byRule[0]!.pixels).toEqual(byRule[2]!.pixels);
  expect(byRule.map(({ warnings }) => warnings)).toEqual([
    undefined,
    [expect.stringContaining("mask has no alpha channel")],
    undefined,
  ]);
  const own = await drawn("edits", { image: hole });
  expect(own.pixels).toEqual((await drawn("edits", { image: hole, mask: hole })).pixels);
});

test("strength says how far a picture is drawn anew, and a PNG keeps it", async () => {
  const image = await picture();
  const little = await drawn("variations", { image, strength: "0.3" });
  const much = await drawn("variations", { image, strength: "1" });
  expect(little.pixels).not.toEqual(much.pixels);
  expect(little.png.toString("latin1")).toContain("Denoising strength: 0.3");
  const edited = await drawn("edits", { image, strength: "0.3" });
  expect(edited.pixels).toEqual(little.pixels);
});

test("a form may quote its values, and Xinference's kwargs are read", async () => {
  const image = await picture();
  const quoted = await drawn("edits", { image, n: '"1"', size: '"128x64"', strength: '"0.5"' });
  const kwargs = JSON.stringify({ strength: 0.5, size: "128*64" });
  const inside = await drawn("variations", { image, kwargs });
  expect([quoted.size, quoted.pixels!.width]).toEqual(["128x64", 128]);
  expect(inside.pixels).toEqual(quoted.pixels);
});

test("the answer has the picture's own size unless another is asked for", async () => {
  const image = await picture(77, 50);
  const own = await drawn("edits", { image });
  expect([own.size, own.pixels!.width, own.pixels!.height]).toEqual(["77x50", 77, 50]);
  expect(own.warnings).toEqual([expect.stringMatching(/^Drawn at 72x48, .* resized to 77x50\.$/)]);
  const padded = await drawn("edits", { image, padding_image_to_multiple: "16" });
  expect([padded.size, padded.pixels!.width, padded.warnings]).toEqual(["77x50", 77, undefined]);
  expect(padded.pixels).not.toEqual(own.pixels);
  const both = formOf({ image, size: "64x64", padding_image_to_multiple: "16" });
  const refused = await send(server.url, "edits", both);
  expect([refused.status, (await refused.json()).error.param]).toEqual([
    400,
    "padding_image_to_multiple",
  ]);
});

test("a stream has previews and the picture that the same request gives without one", async () => {
  const image = await picture();
  for (const name of ["edits", "variations"]) {
    const whole = await drawn(name, { image });
    const fields = { image, stream: "true", partial_images: "2", safety_identifier: "me" };
    const reply = await send(server.url, name, formOf(fields));
    const events: ServerEvent[] = [];
    for await (const each of serverEvents(reply)) {
      if (each.event.startsWith("image_edit.")) events.push(each);
    }
    expect(events.map(({ event }) => event)).toEqual([
      "image_edit.partial_image",
      "image_edit.partial_image",
      "image_edit.completed",
    ]);
    expect(events.at(-1)!.data).toMatchObject({
      b64_json: whole.data[0].b64_json,
      safety_identifier: "me",
      usage: whole.usage,
    });
  }
});

test("files, identifiers and fields without effect are as on generations", async () => {
  const image = await picture();
  const reply = await drawn("edits", {
    image,
    response_format: "url",
    output_format: "webp",
    safety_identifier: "me",
    complexity: "low",
    input_fidelity: "high",
  });
  expect(reply).toMatchObject({
    safety_identifier: "me",
    output_format: "webp",
    warnings: ["complexity has no effect.", "input_fidelity has no effect."],
  });
  const file = await fetch(reply.data[0].url);
  expect((await sharp(await file.arrayBuffer()).metadata()).format).toBe("webp");
});

test("JSON with data URLs draws the same", async () => {
  const image = await picture();
  const image_url = `data:image/png;base64,${Buffer.from(await bytesOf(image)).toString("base64")}`;
  const asked = { model, prompt: "a red apple", num_inference_steps: 4, seed: 1 };
  const reply = await fetch(`${server.url}/v1/images/edits`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ ...asked, images: [{ image_url }] }),
  });
  const { data } = await reply.json();
  expect(data[0].b64_json).toBe((await drawn("edits", { image })).data[0].b64_json);
});

test("an edit is aborted by its id, and its progress can be asked for", async () => {
  const fields = { size: "256x256", num_inference_steps: "900", request_id: "edit" };
  const asked = send(server.url, "edits", formOf({ ...fields, image: await picture() }));
  await expect
    .poll(
      async () => (await (await fetch(`${server.url}/v1/requests/edit/progress`)).json()).progress,
    )
    .toBeGreaterThan(0);
  const abort = `${server.url}/v1/models/${model}/requests/edit/abort`;
  expect((await fetch(abort, { method: "POST" })).status).toBe(200);
  expect((await asked).status).toBe(499);
});
