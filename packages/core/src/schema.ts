import type { StandardSchemaV1 } from "@standard-schema/spec";

/** Which field a Standard Schema's issue is about, as `input[3]` or `kwargs.size`; "" for the whole. */
export function fieldPath(path: StandardSchemaV1.Issue["path"] = []): string {
  return path
    .map((segment) => (typeof segment === "object" ? segment.key : segment))
    .map((key, index) =>
      typeof key === "number" ? `[${key}]` : `${index > 0 ? "." : ""}${String(key)}`,
    )
    .join("");
}
