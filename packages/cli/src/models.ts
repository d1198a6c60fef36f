import type { Checkpoint } from "@kindred/core";
import { parseArguments } from "./arguments.ts";
import { installedPlugins } from "./plugins.ts";
import { quietLogger } from "./terminal-logger.ts";

/** Lists the published models that the installed families know by name. */
export async function models(args: readonly string[]): Promise<void> {
  parseArguments({ args: [...args], options: {} });
  const plugins = await installedPlugins(process.cwd(), (message) => quietLogger.warn({}, message));
  const rows = plugins
    .flatMap(({ families = [] }) => families)
    .flatMap(({ name, task, checkpoints = [] }) =>
      checkpoints.map((checkpoint) => [task.name, name, checkpoint.name, origin(checkpoint)]),
    );
  process.stdout.write(aligned([["task", "family", "model", "published as"], ...rows]));
}

function origin({ repo, revision, gated = false }: Checkpoint): string {
  return `${repo} @ ${revision.slice(0, 12)}${gated ? " (gated)" : ""}`;
}

function aligned(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]!.map((_, i) => Math.max(...rows.map((row) => row[i]!.length)));
  return rows
    .map(
      (row) =>
        `${row
          .map((cell, i) => cell.padEnd(widths[i]!))
          .join("  ")
          .trimEnd()}\n`,
    )
    .join("");
}
