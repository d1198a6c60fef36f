import { join } from "node:path";
import type { LoadContext } from "@kindred/core";
import { openExport } from "@kindred/core/onnx";
import type { ExportedGraph } from "@kindred/core/onnx";
import type { EncoderFacts } from "../architectures/architecture.ts";
import { checkInputs } from "../batch/export-inputs.ts";
import { exportFiles } from "../folder/onnx-files.ts";
import type { TransformerFolder } from "../folder/transformer-folder.ts";
import type { TransformerTask } from "../folder/transformer-task.ts";

/** An encoder in an .onnx file as Optimum exports it, of whatever architecture. */
export interface ExportedSource {
  readonly kind: "exported";
  readonly facts: EncoderFacts;
  /** The file and its external data, in the folder of its Transformer. */
  readonly files: readonly string[];
  /**
   * Its graph with all its outputs, not declared yet: a task declares it with those that it asks for. LOAD_FAILED when the file is
   * not sound or has an input that an encoder of texts has not.
   */
  read(context: LoadContext): Promise<ExportedGraph>;
}

export function exportedSource(
  transformer: TransformerFolder,
  file: string,
  facts: EncoderFacts,
  task: TransformerTask,
): ExportedSource {
  return {
    kind: "exported",
    facts,
    files: exportFiles(transformer, file),
    async read({ model }) {
      const source = await openExport("encoder", join(model.path, transformer.directory, file));
      checkInputs(source, task);
      return source;
    },
  };
}
