import { visibleText } from "../visible-text.ts";
import type { Lines } from "./bounded-lines.ts";

const msg = "records are lost here, which were not read in time";

/** An object of JSON in each line. JSON leaves some characters as they are that a terminal obeys; they are escaped, which means the same texts. */
export const jsonLines: Lines = {
  show: (record) => `${visibleText(record.trimEnd())}\n`,
  lost: (records) =>
    `${JSON.stringify({ level: "warn", time: new Date().toISOString(), records, msg })}\n`,
};
