import { KernelError } from "@kindred/core";
import type { LaunchListing } from "@kindred/core";
import { precisionChoices } from "@kindred/core/onnx";
import type { PrecisionChoice } from "@kindred/core/onnx";
import * as z from "zod";

/** Components whose matrices may be rounded. Autoencoders and ControlNets stay in float32. */
const components = [
  "unet",
  "transformer",
  "text_encoder",
  "text_encoder_2",
  "text_encoder_3",
] as const;

const precision: z.ZodType<PrecisionChoice> = z.enum(precisionChoices);

/** The launch option `precision`: of all components that have one, or by their names. */
export type PrecisionOption = PrecisionChoice | Readonly<Partial<Record<string, PrecisionChoice>>>;

export const precisionField: z.ZodType<PrecisionOption> = z.union(
  [precision, z.partialRecord(z.enum(components), precision)],
  {
    error: `must be one of ${precisionChoices.map((each) => `"${each}"`).join(", ")}, or such by component, as in { unet: "int8" }; components are ${components.join(", ")}`,
  },
);

/** The precision of a component of a launch. Default: "float32". */
export function precisionOf(
  { precision: option = "float32" }: { readonly precision?: PrecisionOption | undefined },
  component: string,
): PrecisionChoice {
  return typeof option === "string" ? option : (option[component] ?? "float32");
}

/** The precisions of all components of a launch. */
export function precisionsOf(
  options: Parameters<typeof precisionOf>[0],
): readonly PrecisionChoice[] {
  return components.map((component) => precisionOf(options, component));
}

/** What a launch's precision has come to: "auto" is told as the precisions that its components have. `graphs` has those of its graphs, by name. */
export function toldPrecision(
  { precision: option = "float32" }: Parameters<typeof precisionOf>[0],
  graphs: ReadonlyMap<string, string | undefined>,
): string | Readonly<Record<string, string | undefined>> {
  if (typeof option === "string" && option !== "auto") return option;
  const named = components.filter((component) =>
    option === "auto" ? graphs.has(component) : option[component],
  );
  return Object.fromEntries(named.map((component) => [component, graphs.get(component)]));
}

/** LOAD_FAILED where a launch names a precision for a component that the model, seen as a folder, does not have. */
export function refuseAbsentPrecision(
  model: LaunchListing,
  { precision: option }: Parameters<typeof precisionOf>[0],
): void {
  const named = typeof option === "object" ? Object.keys(option) : [];
  const absent = named.find((component) => model.json(`${component}/config.json`) === undefined);
  if (absent === undefined) return;
  const message = `"${model.id}" was launched with a precision for ${absent}, which it does not have. Leave that out.`;
  throw new KernelError("LOAD_FAILED", message);
}
