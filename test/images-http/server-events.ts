export interface ServerEvent {
  readonly event: string;
  readonly data: any;
}

/** Server-sent events as they arrive, comments left out. */
export async function* serverEvents({ body }: Response): AsyncGenerator<ServerEvent> {
  let text = "";
  for await (const chunk of body!.pipeThrough(new TextDecoderStream())) {
    const blocks = (text + chunk).split("\n\n");
    text = blocks.pop()!;
    for (const block of blocks) {
      const [, event, data] = /^event: (.*)\ndata: (.*)$/.exec(block) ?? [];
      if (event && data) yield { event, data: JSON.parse(data) };
    }
  }
}
