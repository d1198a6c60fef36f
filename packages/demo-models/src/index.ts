import { fileURLToPath } from "node:url";
import type { Launch } from "@kindred/core";

/** Draws in 64×64 pixels and enlarges, so that a client which always asks for 1024x1024 gets just that. */
export const demoImage: Launch = {
  id: "demo-image",
  source: folder("demo-image"),
  options: { steps: 20, guidance: 4, size: "512x512", enlarge: true },
};

/** 384 numbers for a text of up to 128 tokens. */
export const demoEmbedding: Launch = { id: "demo-embedding", source: folder("demo-embedding") };

/** What is served where nothing else is named. */
export const demoModels: readonly Launch[] = [demoImage, demoEmbedding];

function folder(name: string): string {
  return fileURLToPath(new URL(`../${name}`, import.meta.url));
}
