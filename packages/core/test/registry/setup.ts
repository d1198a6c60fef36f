import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Plugin } from "../../src/plugin.ts";

/** A family of one published model. */
export const plugin: Plugin = {
  contract: 1,
  name: "test",
  families: [
    {
      name: "bge",
      task: { name: "embedding" },
      checkpoints: [
        { name: "bge-small", aliases: ["bge-tiny"], repo: "BAAI/bge-small", revision: "main" },
      ],
      match: () => false,
      load: () => Promise.reject(new Error("never loaded")),
    },
  ],
};

export const mine = { name: "mine", task: "embedding", source: "/models/mine" };

export async function emptyFolder(): Promise<string> {
  return mkdtemp(join(tmpdir(), "kindred-registry-"));
}
