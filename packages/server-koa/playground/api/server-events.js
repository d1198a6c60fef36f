// @ts-check
import { answered } from "./request.js";

/**
 * Yields the server-sent events of a reply as they arrive, without comments. To stop reading is to hang up. Rejects with
 * `ServerGone` when the connection breaks.
 * `EventSource` reads such streams too, but it cannot POST.
 * @param {Response} reply
 * @returns {AsyncGenerator<{ event: string, data: any }>}
 */
export async function* serverEvents(reply) {
  let event = "message";
  let data = "";
  for await (const line of linesOf(reply)) {
    const [, field, value = ""] = /^([^:]*):? ?(.*)$/.exec(line) ?? [];
    if (field === "event") event = value;
    if (field === "data") data += value;
    if (line !== "" || data === "") continue;
    yield { event, data: JSON.parse(data) };
    event = "message";
    data = "";
  }
}

/** @param {Response} reply */
async function* linesOf({ body }) {
  if (!body) return;
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  try {
    for (;;) {
      const { done, value } = await answered(reader.read());
      if (done) return;
      const lines = (text + value).split(/\r?\n/);
      text = lines.pop() ?? "";
      yield* lines;
    }
  } finally {
    await reader.cancel().catch(() => {});
  }
}
