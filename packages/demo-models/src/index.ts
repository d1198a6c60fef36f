import { fileURLToPath } from "node:url";
import type { Launch } from "@kindred/core";

/** Draws 64×64 pixels and enlarges them, so that clients which always ask for 1024x1024 are served. */
export const demoImage: Launch = {
  id: "demo-image",
  source: folder("demo-image"),
  options: { steps: 20, guidance: 4, size: "512x512", enlarge: true },
};

/** Embeds texts of up to 128 tokens in 384 dimensions. */
export const demoEmbedding: Launch = { id: "demo-embedding", source: folder("demo-embedding") };

/** The models that are served when a command names none. */
export const demoModels: readonly Launch[] = [demoImage, demoEmbedding];

function folder(name: string): string {
  return fileURLToPath(new URL(`../${name}`, import.meta.url));
}
