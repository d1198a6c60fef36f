import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const script = fileURLToPath(new URL("../embeddings_torch.py", import.meta.url));
const python = process.env.KINDRED_PYTHON ?? "python3";

/** sentence-transformers on torch's CPU backend, as its README shows: `encode` with its own sorting and batches of 32. */
export async function open(folder, { dtype }) {
  const child = spawn(python, [script, folder, dtype], { stdio: ["pipe", "pipe", "inherit"] });
  process.on("exit", () => child.kill());
  const replies = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const reply = async () => (await replies.next()).value;
  await reply();
  return {
    async embed(texts) {
      child.stdin.write(`${JSON.stringify(texts)}\n`);
      const bytes = Buffer.from(await reply(), "base64");
      const values = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
      const width = values.length / texts.length;
      return texts.map((_, i) => values.subarray(i * width, (i + 1) * width));
    },
  };
}
