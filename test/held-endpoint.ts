import { replyJsonSchema } from "@kindred/core";
import type { Endpoint, Kernel, ReplySchema, ServerEvent } from "@kindred/core";
import { Ajv2020 } from "ajv/dist/2020.js";

const ajv = new Ajv2020({ strict: false, validateFormats: false });

/** The endpoint, whose replies and events throw an Error where they are not as its schemas say. It must have these. */
export function heldEndpoint<E extends Endpoint>(endpoint: E): E {
  const { path, reply, stream } = endpoint;
  if (!reply) throw new Error(`${path} has no schema of its reply.`);
  const isReply = checked(`the reply of ${path}`, reply);
  const events = new Map(
    Object.entries(stream?.events ?? {}).map(([name, schema]) => [
      name,
      checked(`${name} of ${path}`, schema),
    ]),
  );
  const heldEvent = (told: ServerEvent): ServerEvent => {
    const check = events.get(told.event);
    if (!check) throw new Error(`${path} has no schema of the event ${told.event}.`);
    return { ...told, data: check(told.data) };
  };
  return {
    ...endpoint,
    encode(output, told) {
      const encoded = endpoint.encode(output, told);
      return encoded instanceof Promise ? encoded.then(isReply) : isReply(encoded);
    },
    ...(stream && {
      stream: {
        ...stream,
        async event(event, told) {
          const made = await stream.event(event, told);
          return made && heldEvent(made);
        },
        end: async (output, told) => Array.from(await stream.end(output, told), heldEvent),
      } satisfies Endpoint["stream"],
    }),
  };
}

/** A kernel whose endpoints are held so. */
export function heldKernel(kernel: Kernel): Kernel {
  return Object.assign(kernel, { endpoints: kernel.endpoints.map(heldEndpoint) });
}

/** Makes what returns JSON that is as the schema says. */
function checked(what: string, schema: ReplySchema): (encoded: unknown) => unknown {
  const told = replyJsonSchema(schema);
  if (!told) throw new Error(`The schema of ${what} cannot be told.`);
  const check = ajv.compile(told);
  return (encoded) => {
    if (check(asJson(encoded))) return encoded;
    throw new Error(`${what} is not as its schema says: ${ajv.errorsText(check.errors)}`);
  };
}

/** The value as clients read it: typed arrays stand for arrays of numbers. */
function asJson(value: unknown): unknown {
  const replaced = (_: string, each: unknown): unknown =>
    ArrayBuffer.isView(each) ? Array.from(each as Float32Array) : each;
  return JSON.parse(JSON.stringify(value, replaced));
}
