import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readPictures } from "../../packages/plugin-diffusion/test/pictures/golden.ts";
import { writeTiny } from "../../packages/plugin-diffusion/test/pictures/synthetic-folder.ts";
import { filesIn } from "../lifecycle/hub-of.ts";
import { namedServer } from "../lifecycle/named-server.ts";
import { pixelsOf } from "./edit.ts";
import { imageFolder } from "./image-folder.ts";
import { closing, generate, imageServer, model } from "./image-server.ts";
import type { ImageServer } from "./image-server.ts";
import { serverEvents } from "./server-events.ts";

const { nets } = readPictures("previews");

let root: string;
let painter: Awaited<ReturnType<typeof imageFolder>>;
let server: ImageServer;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "kindred-taesd-"));
  for (const name of ["taesd", "taesd3"]) await writeTiny(join(root, name), nets[name]!);
  painter = await imageFolder();
  const option = `sd.vae_preview=${join(root, "taesd")}`;
  server = await imageServer({ flags: ["--model", `sd=${painter.path}`, "--option", option] });
}, 60_000);
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await painter[Symbol.asyncDispose]();
  await rm(root, { recursive: true });
});

/** The pixels of a stream's previews, and of its finished picture, by a model. */
async function streamed(id: string, { url }: { readonly url: string } = server) {
  const body = { model: id, stream: true, partial_images: 2, num_inference_steps: 6 };
  const previews: unknown[] = [];
  const finished: unknown[] = [];
  for await (const { event, data } of serverEvents(await generate(url, body))) {
    if (!event.startsWith("image_generation")) continue;
    const pixels = await pixelsOf(Buffer.from(data.b64_json, "base64"));
    (event.endsWith("partial_image") ? previews : finished).push(pixels);
  }
  return { previews, finished };
}

test("partial images come from the launch's decoder, and the completed one does not", async () => {
  const [own, tiny] = [await streamed(model), await streamed("sd")];
  expect([own.previews.length, tiny.previews.length]).toEqual([2, 2]);
  for (const [i, preview] of tiny.previews.entries()) {
    expect(preview).toMatchObject({ width: 64, height: 64 });
    expect(preview).not.toEqual(own.previews[i]);
  }
  expect(tiny.previews[0]).not.toEqual(tiny.previews[1]);
  expect(tiny.finished).toHaveLength(1);
  expect(tiny.finished).toEqual(own.finished);
  const told = await (await fetch(`${server.url}/v1/models/sd`, { headers: closing })).json();
  const names = told.graphs.map(({ name }: { name: string }) => name);
  expect(names).toContain("vae_preview");
});

/** Launches the same folder over HTTP with a decoder of previews. */
function launch(model_uid: string, decoder: string): Promise<Response> {
  return fetch(`${server.url}/v1/models`, {
    method: "POST",
    headers: { "content-type": "application/json", ...closing },
    body: JSON.stringify({
      model_name: model_uid,
      model_uid,
      model_path: painter.path,
      vae_preview: join(root, decoder),
    }),
  });
}

test("a launch over HTTP takes it", async () => {
  const reply = await launch("launched", "taesd");
  expect([reply.status, await reply.json()]).toMatchObject([200, { model_uid: "launched" }]);
  const [launched, own] = [await streamed("launched"), await streamed("sd")];
  expect(launched).toEqual(own);
});

test("it may be the name of a repository, of which the decoder's files are downloaded", async () => {
  const repo = "madebyollin/taesd";
  const files = { ...(await filesIn(join(root, "taesd"))), "taesd_encoder.safetensors": "others" };
  const flags = ["--model", `sd=${painter.path}`, "--option", `sd.vae_preview=${repo}`];
  await using named = await namedServer([{ repo, files }], flags);
  expect(await streamed("sd", named)).toEqual(await streamed("sd"));
  const fetched = named.hub.repos.get(repo)!.fetched.map(({ path }) => basename(path));
  expect(fetched.toSorted()).toEqual(["config.json", "diffusion_pytorch_model.safetensors"]);
});

test.each([
  ["taesd3", /decoder of previews \(taesd3\): It decodes latents of 16 channels, .* have 4\./],
  ["nowhere", /decoder of previews \(nowhere\): There is no folder/],
])("one with %s is refused, and no path of the server is told", async (decoder, message) => {
  const reply = await launch(`with-${decoder}`, decoder);
  const { error } = await reply.json();
  expect(reply.status).toBeGreaterThanOrEqual(400);
  expect(error.message).toMatch(message);
  expect(error.message).not.toContain(root);
});
