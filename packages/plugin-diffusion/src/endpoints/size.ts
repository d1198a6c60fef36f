import * as z from "zod";
import type { Size } from "../task.ts";

/** `auto`, `512x768` or `512*768`: sides in pixels, divisible by 8. */
export const sizeField: z.ZodType<string> = z.string().check(({ value, issues }) => {
  const problem = sizeProblem(value);
  if (problem) issues.push({ code: "custom", input: value, message: problem });
});

/** undefined where the model's own size is meant. */
export function sizeOf(size: string | null | undefined): Size | undefined {
  const [, width, height] = /^(\d{1,5})[x*×](\d{1,5})$/i.exec(size ?? "") ?? [];
  return width && height ? { width: Number(width), height: Number(height) } : undefined;
}

/** Of five digits at most, as a size is read. */
function nearest(side: number): number {
  return Math.min(99_992, Math.max(8, Math.round(side / 8) * 8));
}

function sizeProblem(value: string): string | undefined {
  if (value === "auto") return undefined;
  const size = sizeOf(value);
  if (!size)
    return `"${value.slice(0, 40)}" is not a size. Send "auto", or width and height as in "512x512"`;
  const sides = [size.width, size.height];
  if (sides.every((side) => side > 0 && side % 8 === 0)) return undefined;
  const [width, height] = sides.map(nearest);
  return `width and height must be divisible by 8, "${value}" is not. Nearest: "${width}x${height}"`;
}
