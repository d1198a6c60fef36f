import { validated } from "@kindred/core";
import type { BodySchema, Refusal } from "@kindred/core";

type Result = Awaited<ReturnType<BodySchema["~standard"]["validate"]>>;
type Issue = NonNullable<Result["issues"]>[number];

/** Times that texts are read as JSON: one may be a quoted number, which is JSON of a text. */
const maxReadings = 2;
/** Characters of a text that is read as JSON: JSON.parse takes less than a millisecond. */
const maxCharacters = 65_536;

/**
 * The value of a form as its schema makes it. A form has only texts beside its files: each text that the schema refuses is
 * validated again as the JSON that it may be. Rejects as `validated` does.
 */
export async function validatedForm<Body>(
  schema: BodySchema<Body>,
  form: unknown,
  refusal: Refusal,
): Promise<Body> {
  let fields = Object(form) as Readonly<Record<string, unknown>>;
  for (let reading = 0; reading < maxReadings; reading++) {
    const result = await schema["~standard"].validate(fields);
    if (!result.issues) return result.value;
    const refused = new Set(result.issues.map(fieldOf));
    fields = Object.fromEntries(
      Object.entries(fields).map(([name, value]) => [
        name,
        refused.has(name) ? readAsJson(value) : value,
      ]),
    );
  }
  return validated(schema, fields, refusal);
}

function fieldOf({ path: [first] = [] }: Issue): PropertyKey | undefined {
  return typeof first === "object" ? first.key : first;
}

/** The JSON value of a text; another value, and a text that is no JSON, as it is. */
function readAsJson(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(readAsJson);
  if (typeof value !== "string" || value.length > maxCharacters) return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}
