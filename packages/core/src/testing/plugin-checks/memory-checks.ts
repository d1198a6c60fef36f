import { fail } from "node:assert/strict";
import type { Dims, GraphSource } from "../../graph.ts";
import { withKernel } from "./checked-kernel.ts";
import type { Checks, PluginCheckOptions } from "./check.ts";
import { interceptLoad, overriding } from "./intercept.ts";

/** Promises about the memory that graphs declare. */
export function memoryChecks(options: PluginCheckOptions): Checks {
  return {
    "graphs say in finite bytes what memory they take": async () => {
      const wrong: string[] = [];
      const plugin = interceptLoad(options.plugin, (family, context) =>
        family.load(
          overriding(context, { graph: (source) => context.graph(finite(source, wrong)) }),
        ),
      );
      await withKernel({ ...options, plugin }, async ({ run }) => void (await run()));
      if (wrong.length > 0) fail(wrong.join("; "));
    },
  };
}

/** Notes the source's wrong numbers and replaces them by 0: the kernel would wait for such memory without end. */
function finite(source: GraphSource, wrong: string[]): GraphSource {
  const checked = (what: string, bytes: number): number => {
    if (Number.isFinite(bytes) && bytes >= 0) return bytes;
    wrong.push(`${what} of "${source.name}": ${bytes}`);
    return 0;
  };
  const bytes = checked("bytes", source.bytes);
  const peakBytes = checked("peakBytes", source.peakBytes);
  if (peakBytes < bytes) wrong.push(`peakBytes of "${source.name}": less than its ${bytes} bytes`);
  const workspace = (dims: Dims): number => checked("workspace", source.workspace?.(dims) ?? 0);
  return { ...source, bytes, peakBytes, workspace };
}
