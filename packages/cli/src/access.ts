import { isHost, isOrigin } from "@kindred/server-koa";
import type { OpenAIOptions } from "@kindred/server-koa";
import { parseSize } from "./size.ts";
import { UsageError } from "./usage.ts";

/** Options of `kindred serve` that say whose requests are answered, and how much of them is read. */
export const accessFlags = {
  "cors-origin": { type: "string", multiple: true },
  "allowed-host": { type: "string", multiple: true },
  "body-memory": { type: "string" },
  "no-compressed-bodies": { type: "boolean", default: false },
} as const;

export interface AccessFlags {
  readonly "cors-origin"?: readonly string[] | undefined;
  readonly "allowed-host"?: readonly string[] | undefined;
  readonly "body-memory"?: string | undefined;
  readonly "no-compressed-bodies": boolean;
}

/** The server's options that these flags mean. */
export function parseAccess(
  flags: AccessFlags,
): Pick<OpenAIOptions, "origins" | "hosts" | "limits"> {
  const { "cors-origin": origins = [], "allowed-host": hosts, "body-memory": memory } = flags;
  refuse("--cors-origin", "an origin such as https://app.example.org, or *", origins, isOrigin);
  refuse("--allowed-host", "a name such as gpu-box, without a port, or *", hosts ?? [], isHost);
  return {
    origins,
    ...(hosts && { hosts }),
    limits: {
      ...(memory !== undefined && { all: parseSize("--body-memory", memory) }),
      ...(flags["no-compressed-bodies"] && { encodings: [] }),
    },
  };
}

function refuse(
  option: string,
  wanted: string,
  texts: readonly string[],
  is: (text: string) => boolean,
): void {
  const wrong = texts.find((text) => !is(text));
  if (wrong !== undefined) throw new UsageError(`${option} must be ${wanted}, not "${wrong}".`);
}
