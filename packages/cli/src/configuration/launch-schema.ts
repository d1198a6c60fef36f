import { isJsonObject } from "@kindred/core";
import { homePath } from "@kindred/core/hub";
import type { Launch } from "@kindred/core";
import { z } from "zod";
import { isCount, keepAliveSchema, numeric } from "./forms.ts";

const some = z.string("a text, not empty").min(1, "a text, not empty");
const above = numeric("a number of seconds above 0", (value) => value > 0);

const shape = {
  id: some,
  source: some.transform(homePath),
  family: some.optional(),
  prefer: z.array(some, "a list of devices").optional(),
  replicas: numeric("a whole number, 1 or more", isCount).optional(),
  keepAlive: keepAliveSchema.optional(),
  loadTimeout: above.optional(),
  runTimeout: above.optional(),
  onChange: z.enum(["refuse", "reload"], "refuse or reload").optional(),
  options: z
    .custom<Readonly<Record<string, unknown>>>(isJsonObject, "an object of the family's options")
    .meta({ type: "object" })
    .optional(),
};

/** A launch in a file. */
export const launchSchema: z.ZodType<Launch> = z.strictObject(
  shape,
  "a name, or a launch such as { id, source }",
) as z.ZodType<any>;

/** The names of what a launch in a file has. */
export const launchMembers: readonly string[] = Object.keys(shape);
