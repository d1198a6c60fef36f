import * as z from "zod";

/** `prediction_type` of a class that reads any output but a flow's. */
export const anyPrediction: z.ZodType<"epsilon" | "sample" | "v_prediction"> = z
  .enum(["epsilon", "sample", "v_prediction"])
  .default("epsilon");

/** `prediction_type` of a class that cannot read a predicted image. */
export const noiseOrVelocity: z.ZodType<"epsilon" | "v_prediction"> = z
  .enum(["epsilon", "v_prediction"])
  .default("epsilon");
