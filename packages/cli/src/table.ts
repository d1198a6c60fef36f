import { textWidth } from "./text-width.ts";

/** Rows as lines whose cells stand below each other, two spaces apart. */
export function aligned(rows: readonly (readonly string[])[]): readonly string[] {
  const count = Math.max(0, ...rows.map((row) => row.length));
  const widths = Array.from({ length: count }, (_, i) =>
    Math.max(...rows.map((row) => textWidth(row[i] ?? ""))),
  );
  return rows.map((row) =>
    row
      .map((cell, i) => cell + " ".repeat(widths[i]! - textWidth(cell)))
      .join("  ")
      .trimEnd(),
  );
}
