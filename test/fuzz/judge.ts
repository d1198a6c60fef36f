import { Ajv2020 } from "ajv/dist/2020.js";
import type { ValidateFunction } from "ajv/dist/2020.js";
import type { FuzzRequest } from "./fuzz-requests.ts";
import type { FuzzServer } from "./fuzz-server.ts";
import { referred } from "./schema-values.ts";
import type { FuzzReply } from "./send.ts";

/** Statuses of methods and paths that are not there. */
const elsewhere: ReadonlySet<number> = new Set([400, 401, 403, 404, 405, 417, 421]);

/** Statuses of HTTP itself, by the headers that ask for them. */
const ofHeaders: ReadonlyMap<string, number> = new Map([
  ["expect", 417],
  ["host", 421],
  ["origin", 403],
  ["sec-fetch-site", 403],
  ["content-type", 415],
  ["content-encoding", 415],
]);

/** Holds replies to a server's document. */
export class Judge {
  readonly #server: FuzzServer;
  readonly #ajv = new Ajv2020({ strict: false, validateFormats: false });
  readonly #schemas = new Map<string, ValidateFunction>();

  constructor(server: FuzzServer) {
    this.#server = server;
    this.#ajv.addSchema({ $id: "document", components: server.document.components });
  }

  /** Throws an Error that says what is wrong with a reply. */
  judge(request: FuzzRequest, { status, headers, body }: FuzzReply): void {
    const type = headers["content-type"]?.split(";")[0] ?? "";
    const text = body.toString();
    if (request.method === "HEAD" || status === 304 || status === 204) {
      if (body.length > 0) throw new Error(`A reply to ${request.method} has a body.`);
      if (status >= 500) throw new Error(`It is answered ${status}.`);
      return;
    }
    const operation = this.#server.document.paths[request.template]?.[request.method.toLowerCase()];
    const isReady = request.template === "/ready" && status === 503;
    if (status >= 500 && !isReady && !isOfBrokenLaunch(status, text))
      throw new Error(`It is answered ${status}: ${text}`);
    const told = operation?.responses[status];
    if (status >= 400 && !isReady) {
      if (!told && !mayHave(request, operation, status))
        throw new Error(`The document has no ${status}: ${text}`);
      this.#check("Error", { $ref: "#/components/schemas/Error" }, parsed(text));
      const response = told?.$ref ? referred(this.#server.document, told.$ref) : told;
      const isOwn = response && !request.headers["origin"];
      if (isOwn)
        this.#check(`${status}`, response.content["application/json"].schema, parsed(text));
      return;
    }
    // Permission for pages of other sites, which no document tells of.
    if (request.method === "OPTIONS") return;
    if (!told) throw new Error(`The document has no ${status} of ${request.method}.`);
    const { schema } = told.content[type] ?? told.content["*/*"] ?? {};
    if (!schema) throw new Error(`The document has no reply of type ${type}.`);
    if (type === "application/json") this.#check(told.description, schema, parsed(text));
    if (type === "text/event-stream") {
      for (const data of eventsIn(text)) this.#check("An event", schema, data);
    }
  }

  #check(what: string, schema: object, value: unknown): void {
    const key = JSON.stringify(schema);
    const check =
      this.#schemas.get(key) ?? this.#ajv.compile(JSON.parse(key.replaceAll('"#/', '"document#/')));
    this.#schemas.set(key, check);
    if (check(value)) return;
    const shown = JSON.stringify(value).slice(0, 500);
    throw new Error(
      `${what} is not as the document says: ${this.#ajv.errorsText(check.errors)}: ${shown}`,
    );
  }
}

/** Whether a status that the document does not have is one that the request asked HTTP for. */
function mayHave(
  { path, template, headers }: FuzzRequest,
  operation: object | undefined,
  status: number,
): boolean {
  const place = path.split("?", 1)[0]!;
  // An id with a slash makes the path of another operation, or of none.
  const isThere = operation && place.split("/").length === template.split("/").length;
  if (!isThere) return elsewhere.has(status);
  if (status === 400 && /%(?![0-9a-f]{2})|%00/i.test(place)) return true;
  return Object.keys(headers).some((name) => ofHeaders.get(name) === status);
}

/** Whether a model is asked that was launched with options which no model has, and whose launch nobody waited for: it has failed, and says so. */
function isOfBrokenLaunch(status: number, text: string): boolean {
  return status === 500 && text.includes("was launched with options that its family refuses");
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error(`It is no JSON: ${text.slice(0, 200)}`);
  }
}

function eventsIn(text: string): readonly unknown[] {
  return text
    .split("\n\n")
    .map((event) => /^data: (.*)$/m.exec(event)?.[1])
    .filter((data) => data !== undefined)
    .map(parsed);
}
