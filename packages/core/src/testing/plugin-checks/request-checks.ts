import { deepStrictEqual, ok, rejects, strictEqual } from "node:assert/strict";
import { isKernelError } from "../../errors.ts";
import { withKernel } from "./checked-kernel.ts";
import type { Checks, PluginCheckOptions } from "./check.ts";

/** Promises to a request. */
export function requestChecks(options: PluginCheckOptions): Checks {
  return {
    "the same input gives the same output, alone and alongside others": () =>
      withKernel(options, async ({ run }) => {
        const alone = await run();
        for (const again of await Promise.all([run(), run(), run()])) deepStrictEqual(again, alone);
      }),
    "the input is left as it was": () =>
      withKernel(options, async ({ run }) => {
        const before = structuredClone(options.input);
        await run();
        deepStrictEqual(options.input, before);
      }),
    "an aborted signal rejects with ABORTED before any graph runs": () =>
      withKernel(options, async ({ run, runtime }) => {
        await rejects(run({ signal: AbortSignal.abort() }), isAborted);
        strictEqual(runtime.runs, 0, "graphs ran");
      }),
    "an abort while a graph runs rejects with ABORTED, and no further graph runs": async () => {
      let runs = 0;
      await withKernel(options, async ({ run, runtime }) => {
        const abort = new AbortController();
        runtime.onRun = () => {
          runs++;
          abort.abort();
        };
        // A request of a single graph run may have its answer all the same.
        await run({ signal: abort.signal }).catch((error: unknown) => {
          if (!isAborted(error)) throw error;
        });
      });
      ok(runs <= 1, `${runs} graph runs began, ${runs - 1} of them after the abort`);
    },
    ...("invalidInput" in options && { [refusal]: () => refuses(options) }),
  };
}

const refusal = "an input that can only fail is refused before it queues or any graph opens";

function refuses(options: PluginCheckOptions): Promise<void> {
  return withKernel(options, async ({ run, runtime }) => {
    const states: string[] = [];
    const input = options.invalidInput;
    await rejects(
      run({ input, onState: ({ state }) => states.push(state) }),
      (error) => isKernelError(error) && /^(INVALID_INPUT|UNSUPPORTED)$/.test(error.code),
    );
    strictEqual(runtime.sources.length, 0, "graphs were opened");
    deepStrictEqual(
      states,
      [],
      "it queued: the pipeline has neither prepare nor items to refuse it",
    );
  });
}

function isAborted(error: unknown): boolean {
  return isKernelError(error) && error.code === "ABORTED";
}
