import { withKwargs } from "@kindred/core";
import type { BodySchema } from "@kindred/core";
import * as z from "zod";
import { withAdvice } from "./neighbours.ts";

/** The schema of a body of these fields, also inside `kwargs`. Clients are told of the plain fields alone. */
export function imageBody<Body>(shape: {
  readonly [Name in keyof Required<Body>]: z.ZodType<Body[Name]>;
}): BodySchema<Body> {
  const fields = z.strictObject(shape) as unknown as BodySchema<Body>;
  return withKwargs(withAdvice(fields, Object.keys(shape)));
}
