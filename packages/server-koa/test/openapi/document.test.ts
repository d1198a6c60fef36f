import { createRequire } from "node:module";
import { Validator } from "@seriousme/openapi-schema-validator";
import { Ajv2020 } from "ajv/dist/2020.js";
import Koa from "koa";
import { expect, test } from "vitest";
import * as z from "zod";
import { createApp } from "../../src/app.ts";
import { ApiKeys } from "../../src/keys/api-keys.ts";
import { openMetrics } from "../../src/metrics/metrics.ts";
import { openai } from "../../src/openai.ts";
import { echoServer } from "../lifecycle/echo-server.ts";
import { endpoint, listen, standIn } from "../stand-in.ts";

const asked = { headers: { authorization: "Bearer own-key" } };
const keys = () => new ApiKeys([{ name: "me", key: "own-key" }]);

async function documentOf(url: string, init?: RequestInit): Promise<any> {
  const reply = await fetch(`${url}/openapi.json`, init);
  expect(reply.status).toBe(200);
  expect(reply.headers.get("content-type")).toBe("application/json; charset=utf-8");
  return reply.json();
}

function routesIn({ paths }: any): readonly string[] {
  const methods = ["get", "post", "patch", "delete"];
  return Object.entries<object>(paths).flatMap(([path, item]) =>
    methods.filter((each) => each in item).map((each) => `${each.toUpperCase()} ${path}`),
  );
}

const always = [
  "GET /v1/models",
  "GET /v1/endpoints",
  "GET /v1/models/{id}",
  "POST /v1/models/{id}/requests/{request}/abort",
  "GET /v1/requests/{request}/progress",
  "GET /v1/files/{name}",
  "POST /v1/echo",
  "GET /openapi.json",
];

test("it is OpenAPI 3.1, whose schemas compile as JSON Schema 2020-12", async () => {
  await using server = await echoServer({ keys: keys(), metrics: openMetrics(standIn()) });
  const document = await documentOf(server.url, asked);
  expect(document.openapi).toBe("3.1.0");
  const validator = new Validator();
  expect(await validator.validate(structuredClone(document))).toEqual({ valid: true });
  const ajv = new Ajv2020({ strict: false, validateFormats: false });
  ajv.addSchema(document, "document");
  for (const name of Object.keys(document.components.schemas)) {
    expect(ajv.getSchema(`document#/components/schemas/${name}`)).toBeTypeOf("function");
  }
});

test("it has the routes that a server has, and no others", async () => {
  await using bare = await listen(new Koa().use(openai(standIn())));
  expect(routesIn(await documentOf(bare.url)).toSorted()).toEqual(always.toSorted());
  await using app = await listen(createApp(standIn(), { metrics: openMetrics(standIn()) }));
  expect(routesIn(await documentOf(app.url)).toSorted()).toEqual(
    [...always, "GET /health", "GET /ready", "GET /metrics"].toSorted(),
  );
  await using whole = await echoServer();
  expect(routesIn(await documentOf(whole.url))).toEqual(
    expect.arrayContaining([
      ...always,
      "GET /v1/cluster/auth",
      "POST /v1/models",
      "PATCH /v1/models/{id}",
      "DELETE /v1/models/{id}",
      "POST /v1/model_registrations/{type}",
      "DELETE /v1/cache/models",
    ]),
  );
});

test("operations are called differently", async () => {
  const kernel = standIn();
  const other = { ...endpoint, path: "/v1/list-models" } as const;
  const same = { ...endpoint, path: "/v1/list_models" } as const;
  Object.assign(kernel, { endpoints: [other, same] });
  await using server = await listen(createApp(kernel));
  const { paths } = await documentOf(server.url);
  expect(paths["/v1/models"].get.operationId).toBe("listModels");
  expect(paths["/v1/list-models"].post.operationId).toBe("listModels2");
  expect(paths["/v1/list_models"].post.operationId).toBe("listModels3");
});

test("keys are told where there are some, but for what is open", async () => {
  await using without = await listen(createApp(standIn()));
  const open = await documentOf(without.url);
  expect(open.components.securitySchemes).toBeUndefined();
  expect(open.paths["/v1/models"].get.security).toEqual([]);
  await using server = await listen(createApp(standIn(), { keys: keys() }));
  expect((await fetch(`${server.url}/openapi.json`)).status).toBe(401);
  const { components, paths } = await documentOf(server.url, asked);
  expect(components.securitySchemes).toEqual({ bearer: { type: "http", scheme: "bearer" } });
  expect(paths["/v1/echo"].post.security).toEqual([{ bearer: [] }]);
  expect(paths["/v1/echo"].post.responses).toHaveProperty("401");
  expect(paths["/v1/files/{name}"].get.security).toEqual([]);
  expect(paths["/health"].get.security).toEqual([]);
});

test("its URLs are those that a client asks under, and those below the prefix have it", async () => {
  await using server = await listen(createApp(standIn(), { prefix: "/ai" }));
  const { servers, paths } = await documentOf(`${server.url}/ai`);
  expect(servers).toEqual([{ url: `${server.url}/ai` }]);
  expect(paths["/health"].servers).toEqual([{ url: server.url }]);
  expect(paths["/v1/models"].servers).toBeUndefined();
  const local = server.url.replace("127.0.0.1", "localhost");
  expect((await documentOf(`${local}/ai`)).servers).toEqual([{ url: `${local}/ai` }]);
  expect((await documentOf(`${server.url}/ai`)).servers).toEqual([{ url: `${server.url}/ai` }]);
});

test("a document that a client has is not sent again", async () => {
  await using server = await listen(createApp(standIn()));
  const etag = (await fetch(`${server.url}/openapi.json`)).headers.get("etag")!;
  const ask = (known: string) =>
    fetch(`${server.url}/openapi.json`, {
      headers: { "if-none-match": known, "cache-control": "max-age=0" },
    });
  expect((await ask(etag)).status).toBe(304);
  expect((await ask('"other"')).status).toBe(200);
});

test("a body is JSON without uploads, or a form with them", async () => {
  await using server = await listen(createApp(standIn()));
  const { components, paths } = await documentOf(server.url);
  const { content } = paths["/v1/echo"].post.requestBody;
  expect(content).toEqual({
    "application/json": { schema: { $ref: "#/components/schemas/EchoRequest" } },
    "multipart/form-data": { schema: { $ref: "#/components/schemas/EchoForm" } },
  });
  const { EchoRequest, EchoForm } = components.schemas;
  expect(Object.keys(EchoForm.properties)).toContain("image");
  expect(Object.keys(EchoRequest.properties)).not.toContain("image");
  expect(JSON.stringify(EchoForm.properties.image)).toContain("binary");
  expect(EchoRequest.properties.model).toEqual({ type: ["string", "null"] });
  expect(EchoForm.properties.model).toEqual({ type: "string" });
  for (const body of [EchoRequest, EchoForm]) expect(body.properties).toHaveProperty("keep_alive");
});

test("a body that needs an upload is a form alone", async () => {
  const kernel = standIn();
  const body = z.strictObject({ image: z.file() });
  Object.assign(kernel, { endpoints: [{ ...endpoint, body }] });
  await using server = await listen(createApp(kernel));
  const { paths } = await documentOf(server.url);
  expect(Object.keys(paths["/v1/echo"].post.requestBody.content)).toEqual(["multipart/form-data"]);
});

test("an endpoint without schemas is described without them", async () => {
  const kernel = standIn();
  const { validate } = endpoint.body["~standard"];
  const body = { "~standard": { version: 1, vendor: "own", validate } } as const;
  Object.assign(kernel, { endpoints: [{ ...endpoint, body }] });
  await using server = await listen(createApp(kernel));
  const { paths } = await documentOf(server.url);
  const { requestBody, responses, summary } = paths["/v1/echo"].post;
  expect(requestBody.content["application/json"]).toEqual({ schema: {} });
  expect(responses["200"].content["application/json"]).toEqual({ schema: {} });
  expect(summary).toBe('Does the task "echo".');
});

test("a reply's schema may have warnings, and a stream's those of the server's events", async () => {
  const kernel = standIn();
  const reply = z.object({ model: z.string() });
  const stream = {
    ...endpoint.stream,
    events: { "echo.completed": z.object({ output: z.any() }) },
  };
  Object.assign(kernel, { endpoints: [{ ...endpoint, reply, stream, summary: "Repeats." }] });
  await using server = await listen(createApp(kernel));
  const { paths, components } = await documentOf(server.url);
  expect(paths["/v1/echo"].post.summary).toBe("Repeats.");
  const { EchoReply, EchoEvent } = components.schemas;
  expect(Object.keys(EchoReply.properties)).toEqual(["model", "warnings"]);
  expect(EchoEvent.anyOf.map((each: any) => each.$ref ?? each.title)).toEqual([
    "#/components/schemas/StateEvent",
    "#/components/schemas/ProgressEvent",
    "#/components/schemas/Error",
    "echo.completed",
  ]);
});

test("a schema that refers to itself does so in the document", async () => {
  const kernel = standIn();
  interface Tree {
    readonly leaves: readonly Tree[];
  }
  const tree: z.ZodType<Tree> = z.lazy(() => z.object({ leaves: z.array(tree) }));
  const body = z.object({ tree });
  Object.assign(kernel, { endpoints: [{ ...endpoint, body }] });
  await using server = await listen(createApp(kernel));
  const document = await documentOf(server.url);
  const ajv = new Ajv2020({ strict: false });
  ajv.addSchema(document, "document");
  const check = ajv.getSchema("document#/components/schemas/EchoRequest")!;
  expect(check({ tree: { leaves: [{ leaves: [] }] } })).toBe(true);
  expect(check({ tree: { leaves: [{ leaves: 1 }] } })).toBe(false);
});

test("errors are told with their statuses and codes", async () => {
  await using server = await listen(createApp(standIn()));
  const { paths, components } = await documentOf(server.url);
  const { responses } = paths["/v1/echo"].post;
  expect(Object.keys(responses)).toEqual([
    "200",
    "400",
    "403",
    "404",
    "408",
    "413",
    "415",
    "421",
    "429",
    "499",
    "500",
    "503",
  ]);
  expect(responses["404"].$ref).toBe("#/components/responses/Error404");
  const ajv = new Ajv2020({ strict: false });
  ajv.addSchema(document(components), "document");
  const { schema } = components.responses.Error404.content["application/json"];
  const isError = ajv.compile({ $id: "document-404", ...absolute(schema) });
  const refused = await fetch(`${server.url}/v1/models/owl`);
  expect(refused.status).toBe(404);
  expect(isError(await refused.json())).toBe(true);
  expect(
    isError({ error: { message: "", type: "", param: null, code: "CLOSED" }, detail: "" }),
  ).toBe(false);
});

test("it has the headers and the code of limits as a server with limits sends them", async () => {
  const limits = { requestsPerMinute: 1, tokensPerMinute: 1_000 };
  await using server = await listen(createApp(standIn(), { limits }));
  const { components, paths } = await documentOf(server.url);
  const ask = () =>
    fetch(`${server.url}/v1/echo`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ text: "a" }),
    });
  const sent = [...(await ask()).headers.keys()].filter((name) => name.startsWith("x-ratelimit-"));
  expect(sent).toHaveLength(6);
  const refused = await ask();
  expect(refused.status).toBe(429);
  const { headers, content } = components.responses.Error429;
  expect(Object.keys(headers)).toEqual(expect.arrayContaining(sent));
  expect(Object.keys(paths["/v1/echo"].post.responses["200"].headers)).toEqual(
    expect.arrayContaining(sent),
  );
  const [, own] = content["application/json"].schema.allOf;
  const { code } = (await refused.json()).error;
  expect(own.properties.error.properties.code.enum).toContain(code);
});

test("its version is the package's", async () => {
  await using server = await listen(createApp(standIn()));
  const { version } = createRequire(import.meta.url)("../../package.json");
  expect((await documentOf(server.url)).info.version).toBe(version);
});

function document(components: object): object {
  return { $id: "document", components };
}

/** The schema with references into the document that ajv knows. */
function absolute(schema: object): object {
  return JSON.parse(JSON.stringify(schema).replaceAll('"#/', '"document#/'));
}

test("a schema that begins with a reference into itself, and one that is called as the server's own, are components of their own", async () => {
  const node = z
    .object({
      get next() {
        return node.optional();
      },
    })
    .meta({ id: "Node" });
  const kernel = standIn();
  const nested = { ...endpoint, path: "/v1/nested", body: node } as const;
  const state = { ...endpoint, path: "/v1/state" } as const;
  Object.assign(kernel, { endpoints: [nested, state] });
  await using server = await listen(createApp(kernel));
  const document = await documentOf(server.url);
  expect(await new Validator().validate(structuredClone(document))).toEqual({ valid: true });
  const ajv = new Ajv2020({ strict: false, validateFormats: false });
  ajv.addSchema(document, "document");
  const names = Object.keys(document.components.schemas);
  for (const name of names)
    expect(ajv.getSchema(`document#/components/schemas/${name}`)).toBeTypeOf("function");
  const { schema } = document.paths["/v1/nested"].post.requestBody.content["application/json"];
  expect(schema.$ref).toBe("#/components/schemas/NestedRequest");
  expect(names).toEqual(expect.arrayContaining(["StateEvent", "StateEvent2"]));
});
