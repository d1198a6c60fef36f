import type { BodySchema } from "@kindred/core";
import * as z from "zod";
import { withKwargs } from "./kwargs.ts";
import { withAdvice } from "./neighbours.ts";

/** The schema of a body of these fields, also inside `kwargs`. Clients are told of the plain fields alone. */
export function imageBody<Body>(shape: {
  readonly [Name in keyof Required<Body>]: z.ZodType<Body[Name]>;
}): BodySchema<Body> {
  const fields = z.strictObject(shape);
  const { jsonSchema } = fields["~standard"];
  const checked = withAdvice(
    withKwargs(fields as unknown as z.ZodType<Body>),
    Object.keys(fields.shape),
  );
  return { "~standard": { ...checked["~standard"], jsonSchema } };
}
