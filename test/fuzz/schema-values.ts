import fc from "fast-check";

type Schema = Readonly<Record<string, any>>;

export interface SchemaValues {
  /** The document, whose components references name. */
  readonly document: Schema;
  /** Values of fields in the place of those that their schemas allow. */
  readonly fields: Readonly<Record<string, fc.Arbitrary<unknown>>>;
  /** What stands for an upload. */
  readonly upload: fc.Arbitrary<unknown>;
}

/** Optional members that one object has at most: with more of them, nearly every body has two that exclude each other. */
const maxOptional = 4;
const maxCharacters = 60;
const maxMore = 3;
const maxDepth = 8;

/** Values that a schema of the document allows. */
export function schemaValues(
  schema: Schema,
  options: SchemaValues,
  depth = 0,
): fc.Arbitrary<unknown> {
  const inner = (each: Schema) => schemaValues(each, options, depth + 1);
  const { $ref, anyOf, oneOf, type, enum: allowed, const: only } = schema;
  if (depth > maxDepth) return fc.constant(null);
  if ($ref !== undefined) return inner(referred(options.document, $ref));
  if (only !== undefined) return fc.constant(only);
  if (allowed) return fc.constantFrom(...allowed);
  const branches: readonly Schema[] | undefined = anyOf ?? oneOf;
  if (branches) return fc.oneof(...branches.map(inner));
  if (Array.isArray(type)) return fc.oneof(...type.map((each) => inner({ ...schema, type: each })));
  if (type === "string") return texts(schema, options);
  if (type === "integer") return integers(schema);
  if (type === "number") return numbers(schema);
  if (type === "boolean") return fc.boolean();
  if (type === "null") return fc.constant(null);
  if (type === "array") return arrays(schema, inner);
  if (type === "object") return objects(schema, options, inner);
  return fc.jsonValue({ maxDepth: 2 });
}

/** What a reference into the document names. */
export function referred(document: Schema, $ref: string): Schema {
  const names = $ref.slice(2).split("/");
  return names.reduce((from, name) => from[name.replaceAll("~1", "/")], document);
}

function texts(
  { pattern, format, contentEncoding, minLength = 0, maxLength = maxCharacters }: Schema,
  { upload }: SchemaValues,
): fc.Arbitrary<unknown> {
  if (format === "binary" || contentEncoding === "binary") return upload;
  if (pattern !== undefined) return fc.stringMatching(new RegExp(pattern));
  return fc.string({
    unit: "grapheme",
    minLength,
    maxLength: Math.max(minLength, Math.min(maxLength, maxCharacters)),
  });
}

function integers({ minimum, maximum, exclusiveMinimum }: Schema): fc.Arbitrary<unknown> {
  const min = minimum ?? (exclusiveMinimum === undefined ? -1_000 : exclusiveMinimum + 1);
  const max = maximum ?? Number.MAX_SAFE_INTEGER;
  const small = fc.integer({ min, max: Math.min(max, min + 8) });
  return fc.oneof(
    { arbitrary: small, weight: 4 },
    fc.maxSafeInteger().map((each) => Math.min(max, Math.max(min, each))),
  );
}

function numbers({
  minimum,
  maximum,
  exclusiveMinimum,
  exclusiveMaximum,
}: Schema): fc.Arbitrary<unknown> {
  return fc.double({
    noNaN: true,
    min: minimum ?? exclusiveMinimum ?? -1e6,
    max: maximum ?? exclusiveMaximum ?? 1e6,
    minExcluded: exclusiveMinimum !== undefined,
    maxExcluded: exclusiveMaximum !== undefined,
  });
}

function arrays(
  { items = {}, prefixItems, minItems = 0, maxItems = Infinity }: Schema,
  inner: (schema: Schema) => fc.Arbitrary<unknown>,
): fc.Arbitrary<unknown> {
  if (prefixItems) return fc.tuple(...prefixItems.map(inner));
  return fc.array(inner(items), {
    minLength: minItems,
    maxLength: Math.min(maxItems, minItems + maxMore),
  });
}

function objects(
  { properties = {}, required = [] }: Schema,
  { fields }: SchemaValues,
  inner: (schema: Schema) => fc.Arbitrary<unknown>,
): fc.Arbitrary<unknown> {
  const of = (name: string) => fields[name] ?? inner(properties[name]);
  const needed = fc.record(Object.fromEntries(required.map((name: string) => [name, of(name)])));
  const optional = Object.keys(properties).filter((name) => !required.includes(name));
  const more = fc
    .subarray(optional, { maxLength: Math.min(maxOptional, optional.length) })
    .chain((names) => fc.record(Object.fromEntries(names.map((name) => [name, of(name)]))));
  return fc.tuple(needed, more).map(([a, b]) => ({ ...a, ...b }));
}
