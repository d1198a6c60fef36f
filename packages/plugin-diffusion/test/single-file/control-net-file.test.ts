import { readFileSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createKernel } from "@kindred/core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { image } from "../../src/index.ts";
import { diffusion } from "../../src/index.ts";
import { controlNetNames } from "../../src/single-file/control-net-names.ts";
import { readPictures } from "../pictures/golden.ts";
import { writeControlNet, writeFolder } from "../pictures/synthetic-folder.ts";

interface Recorded {
  readonly names: Readonly<Record<string, string>>;
}

const golden = readPictures("control-pictures");
const recorded: Readonly<Record<string, Recorded>> = JSON.parse(
  readFileSync(new URL("../golden/single-file/control-nets.json", import.meta.url), "utf8"),
);

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "kindred-control-files-"));
  await writeFolder(join(root, "sd15"), golden.models["sd15"]!);
  await writeControlNet(join(root, "lines"), golden.nets["lines"]!);
});
afterAll(() => rm(root, { recursive: true }));

const facts = { dtype: "F32", shape: [1] };

test.each(
  Object.keys(recorded).flatMap((kind) => [
    [kind, "control_model."],
    [kind, ""],
  ]),
)("the tensors of %s are known by their names after %j", (kind, prefix) => {
  const { names } = recorded[kind!]!;
  const stored = Object.values(names).map((name) => [`${prefix}${name}`, facts] as const);
  const found = controlNetNames(new Map(stored))!;
  expect(Object.fromEntries([...found].map(([name, each]) => [name, each.stored]))).toEqual(
    Object.fromEntries(Object.entries(names).map(([name, each]) => [name, `${prefix}${each}`])),
  );
});

/** The bytes of a .safetensors file whose tensors have other names. */
async function renamed(file: string, name: (name: string) => string): Promise<Uint8Array> {
  const bytes = await readFile(file);
  const end = 8 + Number(bytes.readBigUInt64LE());
  const entries = Object.entries(JSON.parse(bytes.toString("utf8", 8, end)));
  const changed = entries.map(([each, tensor]) => [
    each === "__metadata__" ? each : name(each),
    tensor,
  ]);
  const header = JSON.stringify(Object.fromEntries(changed));
  const padded = header.padEnd(Math.ceil(header.length / 8) * 8);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(padded.length));
  return Buffer.concat([length, Buffer.from(padded), bytes.subarray(end)]);
}

test("a file of the original names, and one of diffusers' without a config, draw what their folder draws", async () => {
  const { names } = recorded["sd15"]!;
  const weights = join(root, "lines/diffusion_pytorch_model.safetensors");
  const original = join(root, "control_v11p_sd15_canny.safetensors");
  await writeFile(original, await renamed(weights, (name) => `control_model.${names[name]}`));
  const alone = join(root, "alone");
  await mkdir(alone);
  await writeFile(join(alone, "lines.safetensors"), await readFile(weights));
  await using kernel = await createKernel({
    plugins: [diffusion()],
    models: [
      {
        id: "sd",
        source: join(root, "sd15"),
        options: { controlnet: { folder: join(root, "lines"), original, alone } },
      },
    ],
  });
  const picture = await golden.pixels("edges.png");
  const draw = async (name: string) => {
    const control = [{ image: picture, name }];
    const request = { prompt: "a sun", control, steps: 2, seed: 3 };
    return (await kernel.run(image, "sd", request)).pictures[0]!.rgb;
  };
  const drawn = await draw("folder");
  expect(await draw("original")).toEqual(drawn);
  expect(await draw("alone")).toEqual(drawn);
});
