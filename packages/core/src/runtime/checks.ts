import { tensorTypes } from "./tensors.ts";

/** An input or output as onnxruntime describes it. */
interface Value {
  readonly name: string;
  readonly type?: string;
}

/** Throws when the graph lacks a declared input or output, or when its type has no array in Node, such as float16. */
export function checkValues(
  side: "input" | "output",
  declared: readonly string[],
  actual: readonly Value[],
): void {
  for (const name of declared) {
    const value = actual.find((one) => one.name === name);
    if (value === undefined) {
      const names = actual.map((one) => one.name).join(", ");
      throw new Error(`the graph has no ${side} "${name}", but ${names}`);
    }
    const type = value.type ?? "no tensor";
    if (!tensorTypes.includes(type)) {
      throw new Error(
        `its ${side} "${name}" is ${type}; graphs take and give ${tensorTypes.join(", ")}. ` +
          `Export it with float32 ${side}s, or cast them inside the graph`,
      );
    }
  }
}

/** Throws when an output has NaN or infinity, with the first place. */
export function checkFinite(output: string, data: Float32Array): void {
  for (let i = 0; i < data.length; i++) {
    if (Number.isFinite(data[i])) continue;
    throw new Error(`its output "${output}" has ${data[i]} at ${i} of ${data.length}`);
  }
}
