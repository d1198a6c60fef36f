import { counted } from "../counted.ts";
import { aligned } from "../table.ts";
import { visibleText } from "../visible-text.ts";
import type { Finding } from "./finding.ts";

/** Findings as lines: state, subject and message, what to do below it, and how many there are at the end. */
export function reportText(findings: readonly Finding[]): string {
  const rows = findings.flatMap(({ state, subject, message, advice }) => [
    [state, subject, visibleText(message)],
    ...(advice === undefined ? [] : [["", "", visibleText(advice)]]),
  ]);
  const count = (state: Finding["state"]) => findings.filter((each) => each.state === state).length;
  const sums = `${counted(count("problem"), "problem")}, ${counted(count("warning"), "warning")}`;
  return [...aligned(rows), sums].join("\n");
}
