import type * as z from "zod";
import type { ModelConfig } from "./architecture.ts";

/** The fields of a config that are not as the schema of a network has them. */
export function differing(network: z.ZodType, config: ModelConfig): readonly string[] {
  const { error } = network.safeParse(config);
  return [...new Set(error?.issues.map(({ path }) => String(path[0])))];
}
