import { join } from "node:path";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { components } from "../images-components.js";

/** A component as torch exports it, in the same onnxruntime, with default options. */
export async function open(folder, { component }) {
  const { output, feeds } = components[component];
  const session = await InferenceSession.create(join(folder, "onnx", component, "model.onnx"));
  const tensors = Object.fromEntries(
    Object.entries(feeds()).map(([name, { type, data, dims }]) => [
      name,
      new Tensor(type, data, dims),
    ]),
  );
  const one = async () => (await session.run(tensors))[output];
  return {
    one,
    values: async (every) => (await one()).data.filter((_, i) => i % every === 0),
  };
}
