import { deflateSync, gzipSync } from "node:zlib";
import fc from "fast-check";
import { absent, models } from "./fuzz-server.ts";
import type { FuzzServer } from "./fuzz-server.ts";
import { schemaValues } from "./schema-values.ts";

/** A request as it goes over the wire. */
export interface FuzzRequest {
  readonly method: string;
  /** With what is behind the question mark. */
  readonly path: string;
  /** The path as the document has it. */
  readonly template: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** Of the body's bytes, how many are sent before the client hangs up. Absent where it does not. */
  readonly hangsUpAfter?: number;
}

/** What is known of the models. */
export interface FuzzSurroundings {
  readonly folder: string;
  readonly picture: Buffer;
}

/** An upload of a form. */
class Upload {
  readonly bytes: Buffer;
  readonly type: string;
  readonly name: string;

  constructor(bytes: Buffer, type: string, name: string) {
    this.bytes = bytes;
    this.type = type;
    this.name = name;
  }

  /** In JSON, an upload can only be a text. */
  toJSON(): string {
    return `data:${this.type};base64,${this.bytes.toString("base64")}`;
  }
}

const boundary = "fuzz-boundary";

/** Values of any kind, and those that break programs. */
const odd: fc.Arbitrary<unknown> = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }),
  fc.constantFrom(
    null,
    "",
    "\ud800",
    "NaN",
    "__proto__",
    "\u0000",
    "‮𝔘𝔫𝔦",
    -0,
    1e308,
    -1,
    Number.MAX_SAFE_INTEGER + 2,
    0.1,
    [],
    {},
    [[[[[[[[]]]]]]]],
    { __proto__: null, constructor: 1 },
  ),
  fc.constantFrom(10, 1_000, 200_000).map((length) => "x".repeat(length)),
  fc.constantFrom(5, 5_000).map((length) => Array.from({ length }, () => 1)),
);

const oddNames = fc.oneof(
  fc.constantFrom(
    "__proto__",
    "constructor",
    "toString",
    "",
    "model[]",
    "kwargs",
    "ﬁeld",
    "keep_alive",
    "stream",
  ),
  fc.string({ maxLength: 12 }),
);

const pathIds = fc.oneof(
  {
    arbitrary: fc.constantFrom(
      "victim",
      "victim-1",
      "unknown",
      "org/model",
      "a%2Fb",
      "%00",
      "..",
      "%",
    ),
    weight: 3,
  },
  // An empty one is the path of another operation.
  fc.string({ minLength: 1, maxLength: 12 }).map(encodeURIComponent),
);

/** Requests over all operations of a server's document: most are as it says, the others are broken in one way or another. */
export function fuzzRequests(
  server: FuzzServer,
  around: FuzzSurroundings,
): fc.Arbitrary<FuzzRequest> {
  const operations = Object.entries<any>(server.document.paths).flatMap(([path, item]) =>
    ["get", "post", "patch", "delete"]
      .filter((each) => each in item)
      .map((method) => ({ path, method, operation: item[method] })),
  );
  // An endpoint has more to go wrong than a list of models.
  const weighed = operations.map(({ path, method, operation }) => ({
    weight: operation.requestBody ? 4 : 1,
    arbitrary: requestsOf(server, around, { path, method, operation }),
  }));
  return fc.oneof(...weighed);
}

interface Described {
  readonly path: string;
  readonly method: string;
  readonly operation: any;
}

function requestsOf(
  server: FuzzServer,
  around: FuzzSurroundings,
  { path, method, operation }: Described,
): fc.Arbitrary<FuzzRequest> {
  const isMutation = method !== "get" && !path.endsWith("/abort");
  const params = (operation.parameters as any[]).filter((each) => each.in === "path");
  const query = (operation.parameters as any[]).filter((each) => each.in === "query");
  const one = (name: string): fc.Arbitrary<string> => {
    if (name === "type") return fc.constantFrom("embedding", "rerank", "image", "unknown", "%");
    if (name !== "id" || isMutation) return pathIds;
    return fc.oneof({ arbitrary: fc.constantFrom(...Object.values(models)), weight: 2 }, pathIds);
  };
  const paths = fc
    .tuple(...params.map(({ name }) => one(name)))
    .map((values) =>
      values.reduce((text, value, i) => text.replace(`{${params[i].name}}`, value), path),
    );
  const queries = fc
    .record(
      Object.fromEntries(
        query.map(({ name, schema }) => [
          name,
          fc.oneof(
            schemaValues(schema, optionsFor(server, around, path)),
            fc.string({ maxLength: 8 }),
          ),
        ]),
      ),
      { requiredKeys: [] },
    )
    .map((values) => new URLSearchParams(values as Record<string, string>).toString())
    .map((text) => (text === "" ? "" : `?${text}`));
  return fc
    .tuple(
      paths,
      queries,
      bodies(server, around, path, operation),
      oddHeaders,
      methods(method),
      authorizations(server),
      hangUps,
    )
    .map(([place, search, { body, headers }, more, by, authorization, hangUp]) => ({
      method: by,
      path: place + search,
      template: path,
      headers: { ...headers, ...authorization, ...more },
      body: ["GET", "HEAD"].includes(by) ? Buffer.alloc(0) : body,
      ...(hangUp !== undefined && { hangsUpAfter: Math.floor(hangUp * body.length) }),
    }));
}

/** The documented method, and at times another. */
function methods(method: string): fc.Arbitrary<string> {
  const own = fc.constant(method.toUpperCase());
  const others = fc.constantFrom("GET", "HEAD", "POST", "PUT", "OPTIONS", "TRACE");
  return fc.oneof({ arbitrary: own, weight: 30 }, { arbitrary: others, weight: 1 });
}

function authorizations({ key }: FuzzServer): fc.Arbitrary<Record<string, string>> {
  const right = fc.constant<Record<string, string>>(
    key === undefined ? {} : { authorization: `Bearer ${key}` },
  );
  const wrong = fc.constantFrom<Record<string, string>>(
    {},
    { authorization: "Bearer wrong" },
    { authorization: "Basic Og==" },
  );
  return fc.oneof({ arbitrary: right, weight: 15 }, { arbitrary: wrong, weight: 1 });
}

const oddHeaders: fc.Arbitrary<Record<string, string>> = fc.oneof(
  { arbitrary: fc.constant({}), weight: 12 },
  {
    arbitrary: fc.constantFrom<Record<string, string>>(
      { accept: "text/html" },
      { "x-request-id": "é".repeat(40) },
      { "x-request-id": "x".repeat(500) },
      { range: "bytes=5-1" },
      { "if-none-match": "*" },
      { expect: "a-miracle" },
      { origin: "https://example.org" },
      { "sec-fetch-site": "cross-site" },
      { host: "example.org" },
      { "content-type": "text/plain" },
      { "content-type": "application/json; charset=latin1" },
      { "content-type": "multipart/form-data" },
      { "content-encoding": "gzip" },
      { "content-encoding": "zstd" },
      { connection: "close" },
    ),
    weight: 1,
  },
);

/** The share of the body after which the client hangs up; undefined: it does not. */
const hangUps: fc.Arbitrary<number | undefined> = fc.oneof(
  { arbitrary: fc.constant(undefined), weight: 40 },
  { arbitrary: fc.double({ min: 0, max: 1, noNaN: true }), weight: 1 },
);

interface Body {
  readonly body: Buffer;
  readonly headers: Record<string, string>;
}

function bodies(
  server: FuzzServer,
  around: FuzzSurroundings,
  path: string,
  operation: any,
): fc.Arbitrary<Body> {
  const content = operation.requestBody?.content;
  if (!content) return fc.constant({ body: Buffer.alloc(0), headers: {} });
  const options = optionsFor(server, around, path);
  const json = content["application/json"];
  const form = content["multipart/form-data"];
  const values = (schema: object) =>
    fc.oneof(
      { arbitrary: schemaValues(schema, options), weight: 3 },
      { arbitrary: schemaValues(schema, options).chain(broken), weight: 2 },
    );
  return fc.oneof(
    ...(json ? [{ arbitrary: values(json.schema).chain(jsonBytes), weight: 3 }] : []),
    ...(form ? [{ arbitrary: values(form.schema).chain(formBytes), weight: 2 }] : []),
  );
}

/** The value with one member that is odd, missing or unknown, or another value in its place. */
function broken(value: unknown): fc.Arbitrary<unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return odd;
  const names = Object.keys(value);
  const changed = fc
    .tuple(names.length > 0 ? fc.constantFrom(...names) : fc.constant("x"), odd)
    .map(([name, other]) => ({ ...value, [name]: other }));
  const added = fc.tuple(oddNames, odd).map(([name, other]) => {
    const all = { ...value };
    return Object.defineProperty(all, name, { value: other, enumerable: true, configurable: true });
  });
  const missing = fc.constantFrom(...(names.length > 0 ? names : ["x"])).map((name) => {
    const { [name]: _, ...others } = value as Record<string, unknown>;
    return others;
  });
  return fc.oneof(
    { arbitrary: changed, weight: 4 },
    { arbitrary: added, weight: 2 },
    { arbitrary: missing, weight: 2 },
    { arbitrary: odd, weight: 1 },
  );
}

function jsonBytes(value: unknown): fc.Arbitrary<Body> {
  const whole = Buffer.from(JSON.stringify(value) ?? "");
  const headers = { "content-type": "application/json" };
  const sent: fc.Arbitrary<Body> = fc.constant({ body: whole, headers });
  const broken = fc.constantFrom<Body>(
    { body: whole.subarray(0, whole.length >> 1), headers },
    { body: Buffer.concat([whole, Buffer.from("]")]), headers },
    { body: Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), whole]), headers },
    { body: Buffer.concat([whole, Buffer.from([0xff])]), headers },
    { body: Buffer.from('{"input": NaN}'), headers },
    { body: Buffer.from('{"input": 1e999}'), headers },
    { body: Buffer.from("[".repeat(100_000)), headers },
    { body: Buffer.alloc(0), headers },
    { body: gzipSync(whole), headers: { ...headers, "content-encoding": "gzip" } },
    { body: gzipSync(whole).subarray(0, 12), headers: { ...headers, "content-encoding": "gzip" } },
    { body: deflateSync(whole), headers: { ...headers, "content-encoding": "deflate" } },
    { body: whole, headers: { "content-type": "application/x-www-form-urlencoded" } },
    { body: whole, headers: { "content-type": `multipart/form-data; boundary=${boundary}` } },
  );
  return fc.oneof({ arbitrary: sent, weight: 9 }, { arbitrary: broken, weight: 1 });
}

function formBytes(value: unknown): fc.Arbitrary<Body> {
  // Each character of a long text would be a field.
  const fields = typeof value === "string" ? { text: value } : Object(value);
  const whole = multipart(Object.entries(fields));
  const headers = { "content-type": `multipart/form-data; boundary=${boundary}` };
  const sent: fc.Arbitrary<Body> = fc.constant({ body: whole, headers });
  const other = { "content-type": "multipart/form-data; boundary=another" };
  const broken = fc.constantFrom<Body>(
    { body: whole.subarray(0, whole.length >> 1), headers },
    { body: whole.subarray(0, whole.length - 4), headers },
    { body: whole, headers: other },
    { body: whole, headers: { "content-type": "multipart/form-data" } },
    {
      body: Buffer.from(
        `--${boundary}\r\ncontent-disposition: form-data\r\n\r\nx\r\n--${boundary}--`,
      ),
      headers,
    },
    {
      body: Buffer.from(`--${boundary}\r\nx: ${"y".repeat(100_000)}\r\n\r\nx\r\n--${boundary}--`),
      headers,
    },
    { body: Buffer.from(`--${boundary}--`), headers },
    { body: whole, headers: { "content-type": "application/json" } },
  );
  return fc.oneof({ arbitrary: sent, weight: 9 }, { arbitrary: broken, weight: 1 });
}

function multipart(fields: readonly (readonly [string, unknown])[]): Buffer {
  const parts = fields.flatMap(([name, value]) =>
    (Array.isArray(value) && value.some((each) => each instanceof Upload) ? value : [value]).map(
      (each) => part(name, each),
    ),
  );
  return Buffer.concat([...parts, Buffer.from(`--${boundary}--\r\n`)]);
}

function part(name: string, value: unknown): Buffer {
  const disposition = `--${boundary}\r\ncontent-disposition: form-data; name="${name.replaceAll('"', "%22")}"`;
  if (value instanceof Upload) {
    const head = `${disposition}; filename="${value.name}"\r\ncontent-type: ${value.type}\r\n\r\n`;
    return Buffer.concat([Buffer.from(head), value.bytes, Buffer.from("\r\n")]);
  }
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return Buffer.from(`${disposition}\r\n\r\n${text}\r\n`);
}

function optionsFor({ document }: FuzzServer, { folder, picture }: FuzzSurroundings, path: string) {
  const own = path.includes("images")
    ? models.image
    : path.includes("rerank")
      ? models.rerank
      : models.embedding;
  const model = fc.oneof(
    { arbitrary: fc.constant(own), weight: 12 },
    {
      arbitrary: fc.constantFrom(...Object.values(models), "victim", "unknown", absent, null, ""),
      weight: 1,
    },
  );
  const upload = fc.oneof(
    { arbitrary: fc.constant(new Upload(picture, "image/png", "a.png")), weight: 8 },
    {
      arbitrary: fc.constantFrom(
        new Upload(picture.subarray(0, picture.length >> 1), "image/png", "half.png"),
        new Upload(Buffer.from("text"), "text/plain", ""),
        new Upload(Buffer.alloc(0), "image/jpeg", "é.jpg"),
      ),
      weight: 1,
    },
  );
  const inUrl = upload.map((each) => each.toJSON());
  const inJson = fc.oneof(
    inUrl,
    inUrl.map((image_url) => ({ image_url })),
    fc.constant("https://example.org/a.png"),
  );
  return {
    document,
    upload,
    fields: {
      model: path.includes("registrations") ? specifications(folder) : model,
      size: fc.constantFrom("64x64", "auto", "64*64", "72x64", "9999x9999", "x", null),
      num_inference_steps: fc.constantFrom(1, 2, 1, 1000),
      image_url: inUrl,
      // What a form uploads, JSON has as a text, an object or a list of these.
      ...(path.includes("images") &&
        Object.fromEntries(
          ["image", "images", "mask", "mask_image", "control_image"].map((name) => [
            name,
            fc.oneof(upload, inJson),
          ]),
        )),
      model_name: fc.constantFrom("victim", "unknown", "org/unknown", absent, ""),
      model_uid: fc.constantFrom("victim", "victim-1", "instances", null),
      model_path: fc.constantFrom(folder, folder, "/nowhere", "", null),
      model_uri: fc.constantFrom(folder, "/nowhere", "https://example.org"),
      replica: fc.constantFrom(1, 2, null),
      wait_ready: fc.constantFrom("true", "false"),
    },
  };
}

/** Specifications of models, as Xinference registers them. */
function specifications(folder: string): fc.Arbitrary<unknown> {
  const specification = fc.record(
    {
      model_name: fc.constantFrom("registered", "other", ""),
      model_uri: fc.constantFrom(folder, folder, "/nowhere", "https://example.org", "file://%"),
      model_id: fc.constantFrom("org/model", "..", ""),
      controlnet: odd,
      model_specs: fc.constantFrom([], [{ model_uri: folder }], null),
    },
    { requiredKeys: ["model_name"] },
  );
  return fc.oneof(
    specification,
    specification.map((each) => JSON.stringify(each)),
  );
}
