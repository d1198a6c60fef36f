import type * as z from "zod";
import type { Architecture, ModelConfig } from "./architecture.ts";
import { customCode } from "./custom-code.ts";

/**
 * How a network is told: by its `model_type`, and by `settings` that describe what its graph computes. A folder that brings the
 * model's own Python code is another network, unless that code is `code`, which computes the same.
 */
export function toldBy(
  name: string,
  settings: z.ZodType,
  code?: string,
): Required<Pick<Architecture, "name" | "matches" | "differing">> {
  const differing = (config: ModelConfig): readonly string[] => {
    const { error } = settings.safeParse(config);
    return [...new Set(error?.issues.map(({ path }) => String(path[0])))];
  };
  const isOurs = (config: ModelConfig): boolean => {
    const brought = customCode(config);
    return brought === undefined || (code !== undefined && brought.endsWith(code));
  };
  return {
    name,
    matches: (config) =>
      config.model_type === name && isOurs(config) && differing(config).length === 0,
    differing,
  };
}
