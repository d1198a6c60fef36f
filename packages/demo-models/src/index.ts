import { fileURLToPath } from "node:url";
import type { Launch } from "@kindred/core";

const knows =
  "A small model of our own, which shows that everything works. It knows these things: circle, square, triangle, star, heart, " +
  "diamond, apple, flower, house, tree, smiley, mushroom, balloon, fish, boat, sun, moon, cloud, cat, car and snowman, big or " +
  "small, in red, green, blue, yellow, orange, purple, pink, white, black, brown, gray or cyan. It knows these landscapes: ocean, " +
  "beach, field, hills, mountains, lake, desert, forest, snow and city, by day, at sunset, at night or under a rainbow. Other " +
  "words become something else.";

const examples = [
  "a beautiful sunset over a calm ocean",
  "an apple",
  "a red circle on a blue background",
  "a house under a blue sky",
  "a rainbow over a green field",
];

/** Draws 64×64 pixels and enlarges them, so that clients which always ask for 1024x1024 are served. */
export const demoImage: Launch = {
  id: "demo-image",
  source: folder("demo-image"),
  options: { steps: 20, guidance: 4, size: "512x512", enlarge: true, about: knows, examples },
};

/** Embeds texts of up to 128 tokens in 384 dimensions. */
export const demoEmbedding: Launch = { id: "demo-embedding", source: folder("demo-embedding") };

/** The models that are served when a command names none. */
export const demoModels: readonly Launch[] = [demoImage, demoEmbedding];

function folder(name: string): string {
  return fileURLToPath(new URL(`../${name}`, import.meta.url));
}
