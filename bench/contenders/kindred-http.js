import { startServer } from "../server.js";

/** Texts of one request. */
const together = 64;

/**
 * Kindred as a server. Requests are those of the OpenAI SDK: vectors in base64. One client sends requests of 64 texts one after
 * the other; `clients` send one text each at a time.
 */
export async function open(folder, { clients = 1 } = {}) {
  const { url } = await startServer(folder);
  const size = clients === 1 ? together : 1;
  return {
    one: (text) => ask(url, [text]),
    async embed(texts) {
      const vectors = [];
      let next = 0;
      const client = async () => {
        while (next < texts.length) {
          const start = next;
          next += size;
          const found = await ask(url, texts.slice(start, start + size));
          for (const [i, vector] of found.entries()) vectors[start + i] = vector;
        }
      };
      await Promise.all(Array.from({ length: clients }, client));
      return vectors;
    },
  };
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
