export interface Answer {
  readonly status: number;
  readonly body: any;
}

/** Requests embeddings from a server. */
export function embed(url: string, body: object, signal?: AbortSignal | null): Promise<Answer> {
  return post(`${url}/v1/embeddings`, body, signal);
}

/** Posts JSON. */
export async function post(
  url: string,
  body: object,
  signal: AbortSignal | null = null,
): Promise<Answer> {
  const reply = await fetch(url, {
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
