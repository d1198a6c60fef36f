import { fail } from "node:assert/strict";
import type { Endpoint, Reply } from "../../endpoint.ts";
import { validated } from "../../schema.ts";
import { withKernel } from "./checked-kernel.ts";
import type { CheckedKernel } from "./checked-kernel.ts";
import type { Checks, PluginCheckOptions } from "./check.ts";
import { notPlainJson } from "./plain-json.ts";

/** Promises about the values that endpoints encode. */
export function encodeChecks(options: PluginCheckOptions): Checks {
  const { plugin, bodies } = options;
  if (!bodies) return {};
  const examples = Object.entries(bodies).map(([path, body]) => {
    const endpoint = plugin.endpoints?.find((each) => each.path === path);
    if (!endpoint) throw new TypeError(`There is no endpoint "${path}" for the body in "bodies".`);
    return { endpoint, body };
  });
  return {
    "endpoints encode plain JSON, in which typed arrays stand for arrays of numbers": () =>
      withKernel(options, async ({ kernel }) => {
        for (const { endpoint, body } of examples) {
          for (const encoded of await encodings(endpoint, body, kernel)) {
            const wrong = notPlainJson(encoded);
            if (wrong !== undefined) fail(`${endpoint.path}: ${wrong}`);
          }
        }
      }),
  };
}

/** The values that the endpoint encodes for one request: its reply, and the data of its events when it streams. */
async function encodings(
  endpoint: Endpoint,
  example: unknown,
  kernel: CheckedKernel["kernel"],
): Promise<readonly unknown[]> {
  const body = await validated(endpoint.body, example, { code: "INVALID_INPUT" });
  const { input } = await endpoint.decode(body);
  const events: unknown[] = [];
  const output = await kernel.run(endpoint.task, "model", input, {
    onEvent: (event) => events.push(event),
  });
  const file = async () => "http://localhost/files/1";
  const reply: Reply = { body, model: "model", created: 1, warn() {}, file };
  const encoded = [await endpoint.encode(output, reply)];
  const { stream } = endpoint;
  if (!stream) return encoded;
  for (const event of events) {
    const sent = await stream.event(event, reply);
    if (sent) encoded.push(sent.data);
  }
  for (const { data } of await stream.end(output, reply)) encoded.push(data);
  return encoded;
}
