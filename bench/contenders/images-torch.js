import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { python } from "../images-folder.js";

const script = fileURLToPath(new URL("../images_torch.py", import.meta.url));

/** A component of diffusers, on torch's CPU backend. */
export async function open(folder, { component, dtype }) {
  const child = spawn(python, [script, "serve", folder, component, dtype], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  process.on("exit", () => child.kill());
  const replies = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const reply = async () => JSON.parse((await replies.next()).value);
  await reply();
  const ask = (every) => {
    child.stdin.write(`${every}\n`);
    return reply();
  };
  return {
    one: () => ask(1_000_000),
    values: async (every) => (await ask(every)).values,
  };
}
