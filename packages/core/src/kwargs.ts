import { isDeepStrictEqual } from "node:util";
import type { BodySchema } from "./endpoint.ts";
import { isJsonObject } from "./json-object.ts";

/** Room for a negative prompt whose every character is escaped. JSON.parse takes some milliseconds over as many. */
const maxCharacters = 262_144;

/**
 * The schema of a body whose fields may also be inside `kwargs`, a JSON object as a string, as Xinference's client sends them. A field
 * that is given at both places must be the same. Clients are told of the plain fields alone.
 */
export function withKwargs<Body>(schema: BodySchema<Body>): BodySchema<Body> {
  const { validate, ...standard } = schema["~standard"];
  return {
    "~standard": {
      ...standard,
      validate(body) {
        const fields = unfolded(body);
        if (typeof fields !== "string") return validate(fields.body);
        return { issues: [{ path: ["kwargs"], message: fields }] };
      },
    },
  };
}

/** The body without `kwargs`, whose fields are its own; or what is wrong with them, as a predicate. */
function unfolded(body: unknown): { readonly body: unknown } | string {
  if (!isJsonObject(body) || !("kwargs" in body)) return { body };
  const { kwargs, ...fields } = body;
  if (kwargs === null) return { body: fields };
  if (typeof kwargs === "string" && kwargs.length > maxCharacters) {
    return `has ${kwargs.length} characters, and at most ${maxCharacters} are taken`;
  }
  const inner = typeof kwargs === "string" ? parsed(kwargs) : kwargs;
  if (!isJsonObject(inner)) return "must be a JSON object, as a string";
  const given = Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null));
  const other = Object.keys(inner).find((key) => contradict(inner[key], given, key));
  if (other !== undefined) return `"${other}" is given otherwise beside it: send it once`;
  return { body: { ...inner, ...given } };
}

function contradict(value: unknown, given: Record<string, unknown>, key: string): boolean {
  return value !== null && Object.hasOwn(given, key) && !isDeepStrictEqual(value, given[key]);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
