import { formatBytes } from "@kindred/core";
import type { KnownModel } from "./known-models.ts";
import { aligned } from "./table.ts";
import { fitted, textWidth } from "./text-width.ts";
import { visibleText } from "./visible-text.ts";

/** The licence of a model of which it is not known. */
export const unknownLicense = "see its page";

const strange = "cached, and served by no installed family";

/** Models as a table below each task. A terminal of fewer columns gets shortened licences. */
export function modelTable(models: readonly KnownModel[], columns: number): string {
  const tasks = [...new Set(models.map(({ task }) => task))];
  const groups = tasks.map((task) => ({
    task,
    models: models.filter((each) => each.task === task),
  }));
  const head = ["name", "family", "cached", "gated", "licence"];
  const rows = groups.flatMap((group) => group.models.map(cells));
  const [heading = "", ...lines] = aligned([head, ...rows]).map((line) =>
    textWidth(line) > columns ? fitted(line, columns, "end") : line,
  );
  const sections = groups.map(({ task, models: { length } }) => {
    const shown = lines.splice(0, length).join("\n");
    return `${task ?? strange}\n${shown}\n`;
  });
  return `${heading}\n\n${sections.join("\n")}`;
}

function cells({ name, family = "-", cached, bytes, gated, license }: KnownModel): string[] {
  const onDisk = { no: "no", partly: "partly", yes: formatBytes(bytes) }[cached];
  const gate = gated === undefined ? "?" : gated ? "yes" : "no";
  return [name, family, onDisk, gate, license ?? unknownLicense].map((cell) => visibleText(cell));
}
