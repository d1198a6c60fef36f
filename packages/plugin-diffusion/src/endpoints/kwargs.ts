import * as z from "zod";

/** Room for a negative prompt whose every character is escaped. JSON.parse takes some milliseconds over as many. */
const maxCharacters = 262_144;

/** Takes a body's fields also inside `kwargs`, a JSON object as a string, as Xinference's client sends them. */
export function withKwargs<Body>(schema: z.ZodType<Body>): z.ZodType<Body> {
  return z.unknown().transform(unfolded).pipe(schema);
}

function unfolded(body: unknown, context: z.RefinementCtx): unknown {
  if (!isRecord(body) || !("kwargs" in body)) return body;
  const { kwargs, ...fields } = body;
  const refuse = (message: string) => {
    context.addIssue({ code: "custom", path: ["kwargs"], message });
    return z.NEVER;
  };
  if (kwargs === null) return fields;
  if (typeof kwargs === "string" && kwargs.length > maxCharacters) {
    return refuse(`has ${kwargs.length} characters, and at most ${maxCharacters} are taken`);
  }
  const inner = typeof kwargs === "string" ? parsed(kwargs) : kwargs;
  if (!isRecord(inner)) return refuse("must be a JSON object, as a string");
  const given = Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null));
  const twice = Object.keys(inner).find((key) => inner[key] !== null && Object.hasOwn(given, key));
  if (twice !== undefined) return refuse(`"${twice}" is given here and beside it: send it once`);
  return { ...inner, ...given };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
