import { z } from "zod";
import { sections, settings } from "./settings.ts";
import type { NamedSetting } from "./setting.ts";

/** The JSON Schema of a configuration file, by which editors complete and check one. */
export function configurationSchema(): object {
  const tops = settings.filter(({ path }) => path.length === 1);
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: "The configuration of kindred serve",
    ...members([
      ["$schema", { type: "string" }],
      ...tops.map((each) => [each.name, schemaOf(each)] as const),
      ...sections.map((name) => {
        const parts = settings.filter(({ path }) => path.length > 1 && path[0] === name);
        return [name, members(parts.map((each) => [each.path[1]!, schemaOf(each)]))] as const;
      }),
    ]),
  };
}

function members(entries: readonly (readonly [string, object])[]): object {
  return { type: "object", properties: Object.fromEntries(entries), additionalProperties: false };
}

function schemaOf(setting: NamedSetting): object {
  const { schema, input = schema, text: description, isSecret } = setting;
  const { $schema: _, ...said } = z.toJSONSchema(input, { io: "input", unrepresentable: "any" });
  const known = setting.default !== undefined && !isSecret && setting.default !== Infinity;
  return { description, ...said, ...(known && { default: setting.default }) };
}
