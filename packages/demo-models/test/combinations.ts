import type { Pixels } from "@kindred/plugin-diffusion";

/** Shapes and colours of the recipe in tools/demo-models/image, in its order. */
const shapes = ["circle", "square", "triangle", "star", "heart"];
const palette: Readonly<Record<string, readonly [number, number, number]>> = {
  red: [214, 40, 40],
  green: [60, 160, 70],
  blue: [45, 95, 200],
  yellow: [245, 205, 50],
  orange: [240, 130, 40],
  purple: [130, 70, 170],
  pink: [240, 140, 180],
  white: [245, 245, 245],
  black: [30, 30, 34],
};
const order = Object.keys(palette);
const judged = order.filter((name) => name !== "pink");

export interface Combination {
  readonly shape: string;
  readonly colour: string;
  readonly background: string;
}

/** The combinations of four shapes and eight colours that the training data left out. */
export const heldOut: readonly Combination[] = shapes
  .filter((shape) => shape !== "triangle")
  .flatMap((shape) =>
    judged.flatMap((colour) =>
      judged
        .filter((background) => background !== colour)
        .map((background) => ({ shape, colour, background })),
    ),
  )
  .filter(
    ({ shape, colour, background }) =>
      (shapes.indexOf(shape) + 3 * order.indexOf(colour) + 5 * order.indexOf(background)) % 11 ===
      0,
  );

/** The name of the nearest of the eight colours at a place. x and y go from 0 to 1, across and down. */
export function colourAt({ rgb, width, height }: Pixels, x: number, y: number): string {
  const at = 3 * (Math.floor(y * height) * width + Math.floor(x * width));
  const distance = (name: string) =>
    palette[name]!.reduce((sum, value, i) => sum + (value - rgb[at + i]!) ** 2, 0);
  return judged.reduce((best, name) => (distance(name) < distance(best) ? name : best));
}
