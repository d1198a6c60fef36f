import { readFile } from "node:fs/promises";
import { childProcesses } from "@kindred/core";
import type { Figures } from "./figures.ts";

/** The processes in which graphs and tokenizers run, and their memory where the system has /proc. */
export function processGauges(figures: Figures): void {
  figures.gauge("child_processes", "Processes of graphs and tokenizers.", ["kind"], (gauge) => {
    for (const { kind } of childProcesses()) gauge.inc({ kind });
  });
  figures.gauge(
    "child_processes_resident_bytes",
    "Resident memory of the processes of graphs and tokenizers.",
    ["kind"],
    async (gauge) => {
      await Promise.all(
        childProcesses().map(async ({ kind, pid }) => {
          const bytes = await residentBytes(pid);
          if (bytes !== undefined) gauge.inc({ kind }, bytes);
        }),
      );
    },
  );
}

/** undefined for a process that has ended, and where there is no /proc. */
async function residentBytes(pid: number): Promise<number | undefined> {
  const status = await readFile(`/proc/${pid}/status`, "latin1").catch(() => "");
  const kibibytes = /^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1];
  return kibibytes === undefined ? undefined : 1024 * Number(kibibytes);
}
