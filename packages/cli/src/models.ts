import { fetchCommand, published } from "@kindred/core";
import type { Checkpoint } from "@kindred/core";
import { parseArguments } from "./arguments.ts";
import { asTyped } from "./as-typed.ts";
import { installedPlugins } from "./plugins.ts";
import { quietLogger } from "./terminal-logger.ts";

/** Lists the published models that the installed families know by name, with the commands that fetch them. */
export async function models(args: readonly string[]): Promise<void> {
  parseArguments({ args: [...args], options: {} });
  const plugins = await installedPlugins(process.cwd(), (message) => quietLogger.warn({}, message));
  const rows = plugins
    .flatMap(({ families = [] }) => families)
    .flatMap(({ name, task, checkpoints = [] }) =>
      checkpoints.map((checkpoint) => [task.name, name, checkpoint.name, fetching(checkpoint)]),
    );
  process.stdout.write(aligned([["task", "family", "model", "fetch it with"], ...rows]));
  process.stdout.write(`\n${explanation()}`);
}

function fetching(checkpoint: Checkpoint): string {
  const gate = checkpoint.gated ? "  (accept its licence on Hugging Face first)" : "";
  return `${fetchCommand(published(checkpoint))}${gate}`;
}

function explanation(): string {
  return `${asTyped("serve")} NAME downloads one and serves it.
hf comes with Hugging Face's client: pip install huggingface_hub
Serve what it fetched with ${asTyped("serve")} --model models/NAME
`;
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
