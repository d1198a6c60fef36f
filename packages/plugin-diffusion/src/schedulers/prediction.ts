import { z } from "zod";

export const anyPrediction: z.ZodType<"epsilon" | "sample" | "v_prediction"> = z
  .enum(["epsilon", "sample", "v_prediction"])
  .default("epsilon");

export const noiseOrVelocity: z.ZodType<"epsilon" | "v_prediction"> = z
  .enum(["epsilon", "v_prediction"])
  .default("epsilon");
