import type { StandardJSONSchemaV1, StandardSchemaV1 } from "@standard-schema/spec";
import { isKernelError, KernelError } from "./errors.ts";
import type { EventOf, InputOf, OutputOf, Task } from "./task.ts";
import type { Counts } from "./usage.ts";

/** A wire codec for one path: field names and shapes. It knows no transport, status or header. */
export interface Endpoint<T extends Task = Task, Body = any> {
  /** Below the server's prefix, e.g. "/v1/embeddings". No other endpoint of a kernel has it. */
  readonly path: `/${string}`;
  readonly task: T;
  /** One sentence for the pages of the API: "Draws pictures from text." Default: one that names the task. */
  readonly summary?: string;
  /**
   * Validates a JSON body, or a form in which uploads are web `File`s. Any Standard Schema library makes one. A refused
   * body is INVALID_INPUT with the first field at fault as `param`. A form's other fields are texts: one that the schema
   * refuses is validated again as the JSON that it may be, so that "1" is 1 where the schema wants a number.
   */
  readonly body: BodySchema<Body>;
  /**
   * The fields that take files. The command line reads FIELD=@PATH for these alone, and answers a request that has some by
   * the task's first endpoint with all of them. Default: none.
   */
  readonly files?: readonly (keyof Body & string)[];
  /** The field that a bare text fills on the command line: `kindred run MODEL "a fox"`. Default: none does. */
  readonly text?: keyof Body & string;
  /**
   * Names on the wire of the input's fields that are called otherwise there: { steps: "num_inference_steps" }. An error's
   * `param` is renamed by it. A field that has several names is called by the first that the body has and that is not false.
   * Default: all are called the same.
   */
  readonly fields?: Readonly<Record<string, string | readonly string[]>>;
  /** Makes a task's input of a validated body. Called once for each request. May throw INVALID_INPUT or UNSUPPORTED. */
  decode(body: Body): Decoded<T> | Promise<Decoded<T>>;
  /**
   * Describes the JSON that `encode` makes, without the `warnings` that the server adds. It is told to clients and checks
   * nothing: a reply is never held back. Any library with Standard JSON Schema makes one. Default: the reply is described as any JSON.
   */
  readonly reply?: ReplySchema;
  /** Makes the reply's JSON, in which typed arrays stand for arrays of numbers. Not called for streams. */
  encode(output: OutputOf<T>, reply: Reply<Body>): unknown;
  /**
   * The output for a terminal: text, and the files that the body asks for. It adds the reply's warnings, as `encode` does.
   * `reply.file` rejects. Default: the encoded JSON.
   */
  show?(output: OutputOf<T>, reply: Reply<Body>): Shown | Promise<Shown>;
  /** Lets a file's name choose its format on the command line: `-o fox.jpg`. Default: the files of `show` have no choice of format. */
  readonly fileFormat?: FileFormat<Body>;
  /** Server-sent events for requests that ask for them. Default: `stream: true` is refused with UNSUPPORTED. */
  readonly stream?: {
    /** Describes the data of each event, by the event's name, as `reply` does. Default: they are described as any JSON. */
    readonly events?: Readonly<Record<string, ReplySchema>>;
    /**
     * An event of the task as clients get it; undefined: they do not. Order is kept. For a slow reader, older events are
     * dropped when newer ones come.
     */
    event(
      event: EventOf<T>,
      reply: Reply<Body>,
    ): ServerEvent | undefined | Promise<ServerEvent | undefined>;
    /** The last events, which are never dropped. */
    end(
      output: OutputOf<T>,
      reply: Reply<Body>,
    ): Iterable<ServerEvent> | Promise<Iterable<ServerEvent>>;
  };
}

/**
 * A Standard Schema (https://standardschema.dev). One that is a Standard JSON Schema too, as those of zod 4.2 and ArkType 2.1.28
 * are, also describes the body to clients, which make forms of it.
 */
export interface BodySchema<Body = any> {
  readonly "~standard": StandardSchemaV1.Props<unknown, Body> & {
    readonly jsonSchema?: StandardJSONSchemaV1.Converter;
  };
}

/** A Standard JSON Schema, such as one of zod 4.2. Its output side describes JSON that a server sends. */
export interface ReplySchema {
  readonly "~standard": {
    readonly version: 1;
    readonly vendor: string;
    readonly jsonSchema: StandardJSONSchemaV1.Converter;
  };
}

/** The formats of the files that an endpoint's `show` gives. */
export interface FileFormat<Body = any> {
  /** The body's field that chooses one: "output_format". */
  readonly field: keyof Body & string;
  /** The field's values by extensions in lower case, without a dot: { png: "png", jpg: "jpeg", jpeg: "jpeg" }. */
  readonly extensions: Readonly<Record<string, string>>;
}

/** An output as a terminal shows it. */
export interface Shown {
  readonly text: string;
  /** In order. Default: none. */
  readonly files?: readonly ShownFile[];
}

export interface ShownFile {
  /** The media type: "image/png". */
  readonly type: string;
  readonly bytes: Uint8Array;
  /** Tells it from other files of the same model, for a file's name: a picture's seed. Default: nothing does. */
  readonly name?: string;
}

/** A request as its body says it. */
export interface Decoded<T extends Task> {
  /** A launch's id. Default: the only model of the task; none or several is INVALID_INPUT on `model`. */
  readonly model?: string | undefined;
  readonly input: InputOf<T>;
  /** Answers with server-sent events. Default false. */
  readonly stream?: boolean;
  /**
   * The field of the body by which the reply will keep files (`Reply.file`). Where no files are kept, the request is refused
   * before it runs. Default: the reply keeps none.
   */
  readonly filesFor?: string;
  /**
   * What the body asks for, as far as it says so: { pictures: 4 }. A server's limits count it before the request runs, and an error's
   * `param` is then the count's name, which `Endpoint.fields` may rename. Default: nothing is known.
   */
  readonly counts?: Counts;
  /** Sentences for the reply's `warnings`: how something was understood. Default: none. */
  readonly warnings?: readonly string[];
}

/** The reply that is being made, for `encode` and `stream`. */
export interface Reply<Body = any> {
  readonly body: Body;
  /** The id of the model that answers. */
  readonly model: string;
  /** When the request was answered, in Unix seconds. */
  readonly created: number;
  /** Adds a sentence to the reply's `warnings`: something was accepted without effect, or done otherwise than asked. */
  warn(text: string): void;
  /** Keeps a file for a while and returns its URL. Rejects with UNSUPPORTED where no files are kept. */
  file(bytes: Uint8Array, type: string): Promise<string>;
}

/** One server-sent event: its name, and data that is JSON as `encode` makes it. */
export interface ServerEvent {
  readonly event: string;
  readonly data: unknown;
}

/**
 * The error with its `param` as the client calls that field, by the endpoint's `fields` and what the validated body has. Other
 * errors are returned as they are.
 */
export function inWireNames(
  error: unknown,
  { fields = {} }: Pick<Endpoint, "fields">,
  body: object = {},
): unknown {
  if (!isKernelError(error) || error.param === undefined) return error;
  const param = error.param.replace(/^[^.[]+/, (name) => {
    const names = Object.hasOwn(fields, name) ? [fields[name]!].flat() : [name];
    return names.find((each) => isSent(body, each)) ?? names[0] ?? name;
  });
  if (param === error.param) return error;
  const { code, message, retryAfter } = error;
  return new KernelError(code, message, { param, retryAfter, cause: error });
}

/** Whether a body asks for something by a field. null means absent, and a flag that is false asks for nothing. */
function isSent(body: object, field: string): boolean {
  const value = Object.hasOwn(body, field) && (body as Readonly<Record<string, unknown>>)[field];
  return value != null && value !== false;
}
