import { precisions } from "@kindred/core/onnx";
import type { Precision } from "@kindred/core/onnx";
import * as z from "zod";

/** The launch option `precision` of models that read texts. */
export const precisionSchema: z.ZodType<Precision> = z.enum(precisions);
