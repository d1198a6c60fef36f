import { describe, expect, test } from "vitest";
import { joinWeights } from "../../src/onnx/join-weights.ts";
import type { StoredTensor, Weights } from "../../src/onnx/weights.ts";

function weights(folder: string, tensors: Readonly<Record<string, string>>): Weights {
  const stored = (location: string): StoredTensor => {
    return { dtype: "F32", shape: [1], location, offset: 8, length: 4 };
  };
  return {
    folder,
    names: Object.keys(tensors),
    get: (name) => (Object.hasOwn(tensors, name) ? stored(tensors[name]!) : undefined),
  };
}

const own = weights("/models/m3", {
  "layer.weight": "model.safetensors",
  "head.old": "model.safetensors",
});

describe("a checkpoint and the weights of its heads", () => {
  test("are one, in which the heads' are called by their keys", () => {
    const head = weights("/models/m3", { weight: "head.pt" });
    const joined = joinWeights(own, { head });
    expect(joined.names).toEqual(["layer.weight", "head.weight"]);
    expect(joined.folder).toBe("/models/m3");
    expect(joined.get("layer.weight")).toMatchObject({ location: "model.safetensors" });
    expect(joined.get("head.weight")).toMatchObject({ location: "head.pt", offset: 8 });
    expect(joined.get("head.old")).toBeUndefined();
    expect(joined.get("weight")).toBeUndefined();
  });

  test("may lie in different folders, as links to a shared store do", () => {
    const head = weights("/store/blobs", { weight: "ab/cd" });
    const joined = joinWeights(own, { head });
    expect(joined.folder).toBe("/");
    expect(joined.get("layer.weight")!.location).toBe("models/m3/model.safetensors");
    expect(joined.get("head.weight")!.location).toBe("store/blobs/ab/cd");
  });

  test("are the checkpoint itself without heads", () => {
    expect(joinWeights(own, {})).toBe(own);
  });
});
