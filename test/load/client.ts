export interface Answer {
  readonly status: number;
  readonly body: any;
}

/** Requests embeddings from a server. */
export async function embed(
  url: string,
  body: object,
  signal: AbortSignal | null = null,
): Promise<Answer> {
  const reply = await fetch(`${url}/v1/embeddings`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
    signal,
  });
  return { status: reply.status, body: await reply.json() };
}

export async function get(url: string): Promise<Answer> {
  const reply = await fetch(url);
  return { status: reply.status, body: await reply.json() };
}
