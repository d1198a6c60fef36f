import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { GraphRuntime, Tensor } from "@kindred/core";
import { fakeRuntime } from "@kindred/core/testing";
import { tensor } from "../../packages/plugin-diffusion/test/fake-graphs.ts";

/** Folders of the models whose graphs stand-ins take the place of. */
export interface StandInFolders {
  readonly texts: string;
  readonly pictures: string;
}

type Output = (feeds: Readonly<Record<string, Tensor>>) => Tensor;

/** Opens stand-ins for the graphs of small models: outputs have the shapes of the real ones, and cost nothing. */
export async function standInGraphs({ texts, pictures }: StandInFolders): Promise<GraphRuntime> {
  const dimensions = await hiddenSize(texts);
  const states = await hiddenSize(join(pictures, "text_encoder"));
  const rows = ({ input_ids }: Readonly<Record<string, Tensor>>): number => input_ids!.dims[0]!;
  const outputs: Readonly<Record<string, Output>> = {
    embedding: (feeds) => tensor([rows(feeds), dimensions], (i) => Math.cos(i)),
    logits: (feeds) => tensor([rows(feeds), 1], (i) => Math.sin(i)),
    out_sample: ({ sample }) => tensor(sample!.dims, (i) => Number(sample!.data[i]) / 2),
    latent_parameters: ({ sample }) => tensor(resized(sample!, 8, 1 / 8), (i) => Math.sin(i)),
    sample: ({ latent_sample }) => tensor(resized(latent_sample!, 3, 8), (i) => Math.sin(i)),
  };
  const ofText: Output = ({ input_ids }) =>
    tensor([...input_ids!.dims, states], (i) => Math.sin(i));
  return fakeRuntime((feeds, names) =>
    Object.fromEntries(names.map((name) => [name, (outputs[name] ?? ofText)(feeds)])),
  );
}

function resized({ dims }: Tensor, channels: number, by: number): readonly number[] {
  const [batch = 1, , height = 0, width = 0] = dims;
  return [batch, channels, height * by, width * by];
}

async function hiddenSize(folder: string): Promise<number> {
  return JSON.parse(await readFile(join(folder, "config.json"), "utf8")).hidden_size;
}
