import { precisionChoices } from "@kindred/core/onnx";
import type { PrecisionChoice } from "@kindred/core/onnx";
import * as z from "zod";

/** The launch option `precision` of models that read texts. */
export const precisionSchema: z.ZodType<PrecisionChoice> = z.enum(precisionChoices);
