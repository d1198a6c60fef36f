import { startServer } from "../server.js";

/** Kindred as a server. Requests are those of the OpenAI SDK: vectors in base64. */
export async function open(folder) {
  const { url } = await startServer(folder);
  return { embed: (texts) => ask(url, texts) };
}

export async function ask(url, input) {
  const response = await fetch(`${url}/v1/embeddings`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ model: "model", input, encoding_format: "base64" }),
  });
  if (!response.ok) throw new Error(await response.text());
  const { data } = await response.json();
  return data.map(({ embedding }) => {
    const bytes = Buffer.from(embedding, "base64");
    return new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
  });
}
