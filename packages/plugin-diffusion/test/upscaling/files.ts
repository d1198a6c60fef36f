import { writeFile } from "node:fs/promises";
import { graph } from "@kindred/core/onnx";
import type { Value, Weights } from "@kindred/core/onnx";
import { synthesize } from "@kindred/core/testing";
import type { SyntheticTensor } from "@kindred/core/testing";
import { rrdbNet } from "../../src/graphs/rrdbnet.ts";
import type { RrdbNetConfig } from "../../src/graphs/rrdbnet-config.ts";

export const tiny: RrdbNetConfig = {
  blocks: 1,
  features: 8,
  growth: 4,
  unshuffle: 1,
  doublings: 2,
};

/** Writes a small network of ESRGAN's, of synthetic weights, and further tensors. */
export function writeNetwork(
  file: string,
  change: Partial<RrdbNetConfig> = {},
  extra: readonly SyntheticTensor[] = [],
): Promise<void> {
  const config = { ...tiny, ...change };
  return synthesize({ file, build: (weights) => rrdbNet(config, weights), extra });
}

const none: Weights = { folder: "/", names: [], get: () => undefined };

export interface GraphFile {
  /** Default 2. */
  readonly factor?: number;
  /** Default ["batch", 3, "height", "width"]. */
  readonly dims?: readonly (string | number)[];
  readonly type?: "float32" | "uint8";
  /** Further inputs. Default: none. */
  readonly inputs?: readonly string[];
}

/** Writes an ONNX file that repeats pixels. */
export async function writeGraph(
  file: string,
  {
    factor = 2,
    dims = ["batch", 3, "height", "width"],
    type = "float32",
    inputs = [],
  }: GraphFile = {},
): Promise<void> {
  const g = graph("repeats", none);
  const x = g.input("lr", type, dims);
  for (const name of inputs)
    g.output(`${name}_out`, g.node("Identity", [g.input(name, "float32", [1])]));
  const scales = g.float32([1, 1, factor, factor]);
  const enlarged: Value = g.node("Resize", [x, undefined, scales], {
    mode: "nearest",
    coordinate_transformation_mode: "asymmetric",
    nearest_mode: "floor",
  });
  await writeFile(file, g.output("sr", enlarged).build().model);
}
