import { parseArgs } from "node:util";
import { precisions } from "@kindred/core/onnx";

const digits = 5;

/**
 * Prints figures of a model by precision as a table. The command's arguments name the precisions, by default all but float32; `--model` is the model's folder.
 * `figures` measures it.
 */
export async function measure(model, figures) {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { model: { type: "string", default: model } },
  });
  const others = precisions.filter((each) => each !== "float32");
  const found = await figures(values.model, positionals.length > 0 ? positionals : others);
  const rows = Object.entries(found).map(([name, row]) => [name, rounded(row)]);
  console.table(Object.fromEntries(rows));
}

function rounded(row) {
  const shown = (value) => (typeof value === "number" ? Number(value.toFixed(digits)) : value);
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, shown(value)]));
}
