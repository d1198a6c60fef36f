/** The process of one tokenizer. It answers one request at a time, and may block. It ends when the server does. */
import { deserialize, serialize } from "node:v8";
import { shorten } from "../../errors.ts";
import { receive, send } from "../../process/child-channel.ts";
import type { Frame } from "../../process/frames.ts";
import { tieToServer } from "../../process/tie-to-server.ts";
import { encoderFolder } from "./encoder-folder.ts";
import type { Encoder, EncoderModule } from "./encoder.ts";
import { FileFault } from "./file-fault.ts";
import { encodePlaced } from "./placed-rows.ts";
import type { EncoderData, Failed, Reply, Request } from "./protocol.ts";
import { decodeIds, decodeRows, encodeTokens } from "./rows.ts";

/**
 * Resident memory that a tokenizer may take: so much, and for each byte of its files so much more. One of 250,002 pieces takes
 * 0.35 GB while it is opened, and a text of 250,000 characters 0.1 GB.
 */
const maxBytes = 1_000_000_000;
const maxBytesForEach = 16;

/** Facts are taken apart on the server's event loop. */
const maxFactsBytes = 10_000_000;

/** Characters of a failure's reason, which may quote a file. */
const maxReason = 1000;

const { limitMemory } = await tieToServer();
limitMemory(maxBytes);

let encoder: Encoder;

for (let request = receive<Request>(); request; request = receive<Request>()) {
  send(await answer(request));
}

async function answer({ message, payloads }: Frame<Request>): Promise<Frame<Reply>> {
  try {
    switch (message.kind) {
      case "open":
        return await open(deserialize(payloads[0]!));
      case "encode": {
        const { rows, maxTokens = Infinity, specialTokens } = message;
        const options = { maxTokens, specialTokens };
        return encodeTokens(await encoder.encode(decodeRows(rows, payloads), options));
      }
      case "tokenize":
        return encodePlaced(await encoder.tokenize(message.texts, message));
      case "decode": {
        const texts = await encoder.decode(decodeIds(message.counts, payloads), message);
        return { message: { kind: "decoded", texts }, payloads: [] };
      }
    }
  } catch (error) {
    return { message: failed(error), payloads: [] };
  }
}

async function open({ module, folder, config }: EncoderData): Promise<Frame<Reply>> {
  const { openEncoder }: Partial<EncoderModule> = await import(module);
  if (!openEncoder) throw new Error(`${module} does not export openEncoder`);
  let bytes = 0;
  const files = encoderFolder(folder, (more) => {
    bytes += more;
    limitMemory(maxBytes + maxBytesForEach * bytes);
  });
  encoder = await openEncoder(files, config);
  const facts = serialize(encoder.facts);
  if (facts.length > maxFactsBytes)
    throw new Error(`its facts have ${facts.length} bytes, and at most ${maxFactsBytes} are taken`);
  return { message: { kind: "opened", files: files.identities }, payloads: [facts] };
}

function failed(error: unknown): Failed {
  const message = error instanceof Error ? error.message : String(error);
  const advice = error instanceof FileFault ? error.advice : undefined;
  return { kind: "failed", message: shorten(message, maxReason), advice };
}
