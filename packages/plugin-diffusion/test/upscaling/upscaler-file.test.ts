import { expect, test } from "vitest";
import { unserved } from "../../src/architectures/unserved.ts";
import { esrgan } from "../../src/upscaling/family.ts";
import { upscalerFiles } from "../../src/upscaling/open-upscaler.ts";
import { readGolden } from "../graphs/golden.ts";
import { listing } from "../listings.ts";
import { looseListing } from "../single-file/golden.ts";

type Shapes = Readonly<Record<string, readonly number[]>>;

const shapesOf = (name: string) =>
  (readGolden(`rrdbnet-${name}`) as unknown as { readonly shapes: Shapes }).shapes;

const compact: Shapes = {
  "body.0.weight": [64, 3, 3, 3],
  "body.1.weight": [64],
  "body.34.weight": [48, 64, 3, 3],
};
const swin: Shapes = {
  "conv_first.weight": [180, 3, 3, 3],
  "layers.0.residual_group.blocks.0.attn.qkv.weight": [540, 180],
};

test.each(["x4", "x2", "x1", "nested", "trunk", "numbered"])(
  "a file in the layout %s is surely ESRGAN's",
  (name) => {
    const model = looseListing("up", { "up.safetensors": shapesOf(name) }, ["README.md"]);
    expect(esrgan.match(model)).toBe("own");
    expect(upscalerFiles(model)).toEqual(["up.safetensors"]);
  },
);

test("an ONNX file alone may be an upscaler, and what lies beside it is read too", () => {
  const model = listing("up", ["up.onnx", "up.onnx_data", "sub/other.onnx"], {});
  expect(esrgan.match(model)).toBe("able");
  expect(upscalerFiles(model)).toEqual(["up.onnx", "up.onnx_data"]);
});

test("weights win over an ONNX file beside them", () => {
  const model = looseListing("up", { "up.safetensors": shapesOf("x4") }, ["up.onnx"]);
  expect(esrgan.match(model)).toBe("own");
  expect(upscalerFiles(model)).toEqual(["up.safetensors"]);
});

test.each([
  ["a model with a config", listing("bert", ["config.json", "model.onnx"], {})],
  ["an exported pipeline", listing("sd", ["model_index.json", "unet/model.onnx"], {})],
  ["several ONNX files", listing("up", ["a.onnx", "b.onnx"], {})],
  ["other weights", looseListing("up", { "up.safetensors": compact })],
  ["nothing", listing("up", [], {})],
])("%s is no upscaler", (_, model) => {
  expect(esrgan.match(model)).toBe(false);
});

test.each<[string, Shapes, RegExp]>([
  ["SRVGGNet", compact, /is an upscaler of the compact network SRVGGNet \(up\.safetensors\)/],
  ["SwinIR", swin, /is an upscaler of transformer blocks, such as SwinIR, HAT or DAT/],
])("%s is told by its name, with what to do", (_, shapes, what) => {
  const model = looseListing("up", { "up.safetensors": shapes });
  const told = unserved(model)!;
  expect(`${told.what}. ${told.advice}`).toMatch(what);
  expect(() => upscalerFiles(model)).toThrow(
    expect.objectContaining({
      code: "LOAD_FAILED",
      message: expect.stringMatching(
        /^The upscaler "up" of "up" is an upscaler .* Launch one of those/,
      ),
    }),
  );
});
