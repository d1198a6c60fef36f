import * as z from "zod";

/** The base of rotary positions. */
export const theta: z.ZodNumber = z.number().positive();

/** Rotary positions as transformers 5 writes them. */
export interface Rope {
  readonly rope_theta?: number | undefined;
}

const plain = z.literal("default").nullish();

/** Rotary positions that nothing stretches. Stretched ones (`rope_type` "yarn", "linear", "dynamic") turn otherwise, and do not match. */
export const plainRope: z.ZodType<Rope> = z.object({
  rope_type: plain,
  type: plain,
  rope_theta: theta.optional(),
});
