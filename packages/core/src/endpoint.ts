import type { StandardSchemaV1 } from "@standard-schema/spec";
import { isKernelError, KernelError } from "./errors.ts";
import type { EventOf, InputOf, OutputOf, Task } from "./task.ts";

/** A wire codec for one path: field names and shapes. No transport, status or header. */
export interface Endpoint<T extends Task = Task, Body = any> {
  readonly path: `/${string}`;
  readonly task: T;
  /** Of a JSON body, or of a form whose uploads are web Files. Any Standard Schema library. */
  readonly body: StandardSchemaV1<unknown, Body>;
  /** The field a bare text fills: `kindred run MODEL "a fox"`. */
  readonly text?: keyof Body & string;
  /** Wire names of input fields that are called otherwise, so that an error's `param` names what the client sent: { steps: "num_inference_steps" }. */
  readonly fields?: Readonly<Record<string, string>>;
  decode(body: Body): Decoded<T> | Promise<Decoded<T>>;
  /** JSON, in which typed arrays stand for arrays of numbers; may be a promise. */
  encode(output: OutputOf<T>, reply: Reply<Body>): unknown;
  /** The output for a terminal: text, and files for `-o`. Default: the encoded JSON. */
  show?(output: OutputOf<T>): Shown | Promise<Shown>;
  /** Order is kept; for a slow reader older events give way to newer ones instead of queueing without bound; `end` is never dropped. */
  readonly stream?: {
    event(
      event: EventOf<T>,
      reply: Reply<Body>,
    ): ServerEvent | undefined | Promise<ServerEvent | undefined>;
    end(
      output: OutputOf<T>,
      reply: Reply<Body>,
    ): Iterable<ServerEvent> | Promise<Iterable<ServerEvent>>;
  };
}
export interface Shown {
  readonly text: string;
  readonly files?: readonly { readonly type: string; readonly bytes: Uint8Array }[];
}
export interface Decoded<T extends Task> {
  /** Default: the only model launched for the task; none or several is INVALID_INPUT on `model`. */
  readonly model?: string | undefined;
  readonly input: InputOf<T>;
  /** Answer with server-sent events. Default false. */
  readonly stream?: boolean;
}
export interface Reply<Body = any> {
  readonly body: Body;
  readonly model: string;
  /** Unix seconds. */
  readonly created: number;
  /** Says, in the reply's `warnings`, what was accepted without effect. */
  warn(text: string): void;
  /** Keeps a file for a while and returns its URL. */
  file(bytes: Uint8Array, type: string): Promise<string>;
}
export interface ServerEvent {
  readonly event: string;
  readonly data: unknown;
}

/** The error with its `param` as clients call that field, by the endpoint's `fields`. Other errors are returned as they are. */
export function inWireNames(error: unknown, { fields = {} }: Pick<Endpoint, "fields">): unknown {
  if (!isKernelError(error) || error.param === undefined) return error;
  const param = error.param.replace(/^[^.[]+/, (name) =>
    Object.hasOwn(fields, name) ? fields[name]! : name,
  );
  if (param === error.param) return error;
  const { code, message, retryAfter } = error;
  return new KernelError(code, message, { param, retryAfter, cause: error });
}
