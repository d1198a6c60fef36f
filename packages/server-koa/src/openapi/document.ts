import { createRequire } from "node:module";
import { sharedSchemas } from "./components.ts";
import { component } from "./json-schema.ts";
import type { JsonSchema } from "./json-schema.ts";
import type { DescribedRoute, Operation } from "./operation.ts";
import { errorReference, errorResponses, mediaOf, response, sharedHeaders } from "./responses.ts";

const { version } = createRequire(import.meta.url)("../../package.json") as { version: string };

export interface DocumentOptions {
  readonly routes: readonly DescribedRoute[];
  /** Whether the server has keys. */
  readonly hasKeys: boolean;
  /** The URL that the routes lie below. */
  readonly url: string;
  /** The same of those that are not below the prefix. */
  readonly rootUrl: string;
}

/** The OpenAPI 3.1 document of these routes, and of no others. */
export function openApiDocument({ routes, hasKeys, url, rootUrl }: DocumentOptions): object {
  const schemas: Record<string, JsonSchema> = { ...sharedSchemas };
  const ids = new Set<string>();
  const paths: Record<string, Record<string, unknown>> = {};
  for (const route of routes) {
    const id = free(route.operation.id, (each) => ids.has(each));
    ids.add(id);
    const path = templateOf(route.path);
    paths[path] ??= route.isAtRoot && url !== rootUrl ? { servers: [{ url: rootUrl }] } : {};
    paths[path][route.method.toLowerCase()] = operationObject(route, id, schemas, hasKeys);
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "Kindred",
      version,
      description: "Embeddings, reranking, images and tasks of plugins, as OpenAI's API has them.",
    },
    servers: [{ url }],
    tags: [...new Set(routes.map(({ operation }) => operation.tag))].map((name) => ({ name })),
    paths,
    components: {
      schemas,
      responses: errorResponses,
      headers: sharedHeaders,
      ...(hasKeys && { securitySchemes: { bearer: { type: "http", scheme: "bearer" } } }),
    },
  };
}

type Schemas = Record<string, JsonSchema>;

function operationObject(
  { path, operation, isAdmin, isOpen }: DescribedRoute,
  id: string,
  schemas: Schemas,
  hasKeys: boolean,
): object {
  const { tag, summary, description, body, reply, replies = {} } = operation;
  const isLocked = hasKeys && !isOpen;
  const content = named(`${capitalized(id)}Reply`, reply, schemas);
  const all = { 200: "The answer.", ...replies };
  const errors = new Set([
    400,
    403,
    421,
    ...(isLocked ? [401] : []),
    ...(body ? [408, 413, 415, 429] : []),
    ...(operation.errors ?? []),
  ]);
  const responses = [
    ...Object.entries(all).map(([status, words]) => [status, response(words, content)]),
    ...[...errors].map((status) => [status, errorReference(status)]),
  ];
  const words = [description, isAdmin && administrators].filter(Boolean).join(" ");
  return {
    operationId: id,
    tags: [tag],
    summary,
    ...(words && { description: words }),
    parameters: [...pathParameters(path, operation), ...queryParameters(operation)],
    ...(body && {
      requestBody: {
        required: body.required,
        content: mediaOf(named(`${capitalized(id)}Request`, body.content, schemas)),
      },
    }),
    responses: Object.fromEntries(responses),
    security: isLocked ? [{ bearer: [] }] : [],
  };
}

const administrators =
  "It is for an administrator's key where the server has one, and otherwise for the server's own machine.";

const suffixes: ReadonlyMap<string, string> = new Map([
  ["multipart/form-data", "Form"],
  ["text/event-stream", "Event"],
]);

/** Puts schemas among the components, so that generated clients have names for them. What is empty, or a component already, has none. */
function named(
  name: string,
  content: Readonly<Record<string, JsonSchema>>,
  schemas: Schemas,
): Readonly<Record<string, JsonSchema>> {
  return Object.fromEntries(
    Object.entries(content).map(([type, schema]) => {
      const isComponent = String(schema["$ref"]).startsWith("#/components/");
      if (Object.keys(schema).length === 0 || isComponent) return [type, schema];
      const suffix = suffixes.get(type);
      const wanted = suffix ? name.replace(/(?:Request|Reply)$/, suffix) : name;
      const own = free(wanted, (each) => Object.hasOwn(schemas, each));
      const { $defs = {}, ...root } = schema;
      const parts = new Map<string, JsonSchema>([["", root]]);
      for (const [part, each] of Object.entries($defs as object)) parts.set(part, each);
      for (const [part, each] of parts)
        schemas[own + word(part)] = withinComponent(each, own) as JsonSchema;
      return [type, component(own)];
    }),
  );
}

/** The schema with references into itself as they are in the document, whose `$defs` are components beside it. Those to other components stay. */
function withinComponent(schema: unknown, name: string): unknown {
  if (Array.isArray(schema)) return schema.map((each) => withinComponent(each, name));
  if (typeof schema !== "object" || schema === null) return schema;
  return Object.fromEntries(
    Object.entries(schema).map(([key, value]) => {
      const isOwn = key === "$ref" && /^#(?!\/components\/)/.test(String(value));
      return [key, isOwn ? ownReference(String(value), name) : withinComponent(value, name)];
    }),
  );
}

/** "#/components/schemas/NameNode/items" of "#/$defs/Node/items". */
function ownReference(reference: string, name: string): string {
  const [, part = "", rest = reference.slice(1)] = /^#\/\$defs\/([^/]+)(.*)$/.exec(reference) ?? [];
  return `#/components/schemas/${name}${word(part)}${rest}`;
}

/** What of a definition's name the name of a component may have. */
function word(name: string): string {
  return name.replace(/[^\w.-]/g, "");
}

const parameter = /[:*](\w+)/g;

/** "/v1/models/{id}" of the router's "/v1/models/*id". */
function templateOf(path: string): string {
  return path.replace(parameter, "{$1}");
}

function pathParameters(path: string, { path: words = {} }: Operation): readonly object[] {
  return Array.from(path.matchAll(parameter), ([, name]) => ({
    name,
    in: "path",
    required: true,
    ...(words[name!] !== undefined && { description: words[name!] }),
    schema: { type: "string" },
  }));
}

function queryParameters({ query = [] }: Operation): readonly object[] {
  return query.map((each) => ({ in: "query", required: false, ...each }));
}

/** The name, or with a number behind it. */
function free(name: string, isTaken: (name: string) => boolean): string {
  let found = name;
  for (let i = 2; isTaken(found); i++) found = `${name}${i}`;
  return found;
}

function capitalized(word: string): string {
  return word[0]!.toUpperCase() + word.slice(1);
}
