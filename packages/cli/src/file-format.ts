import { extname } from "node:path";
import { validated } from "@kindred/core";
import type { Endpoint } from "@kindred/core";
import { UsageError } from "./usage-error.ts";

const refusal = { code: "INVALID_INPUT" } as const;

/**
 * The validated body. The extension of the file that `-o` names sets the field for the format of files. UsageError when the
 * field says otherwise, or no format has that extension.
 */
export async function bodyFor(endpoint: Endpoint, written: object, file?: string): Promise<object> {
  const body: Readonly<Record<string, unknown>> = await validated(endpoint.body, written, refusal);
  const { fileFormat } = endpoint;
  const extension = extname(file ?? "")
    .slice(1)
    .toLowerCase();
  if (!fileFormat || file === undefined || extension === "") return body;
  const { field, extensions } = fileFormat;
  if (!Object.hasOwn(extensions, extension)) {
    const known = Object.keys(extensions).join(", ");
    throw new UsageError(
      `-o ${file} names no format that this model's files can have. End it with one of ${known}.`,
    );
  }
  const format = extensions[extension]!;
  const asked = body[field] ?? format;
  if (asked !== format) {
    throw new UsageError(
      `-o ${file} asks for ${format}, ${field} for ${String(asked)}. Leave one out.`,
    );
  }
  return body[field] == null
    ? validated(endpoint.body, { ...written, [field]: format }, refusal)
    : body;
}
