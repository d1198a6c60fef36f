import { fail } from "node:assert/strict";
import type { Batched, Call } from "../../pipeline.ts";
import { withKernel } from "./checked-kernel.ts";
import type { Checks, PluginCheckOptions } from "./check.ts";
import { difference } from "./difference.ts";
import { interceptLoad, overriding } from "./intercept.ts";

/** Promises about items that share a run. A pipeline without items keeps them by nature. */
export function itemChecks(options: PluginCheckOptions): Checks {
  return {
    "items alone equal items together, in their order and number": async () => {
      const plugin = interceptLoad(options.plugin, async (family, context) => {
        const pipeline = await family.load(context);
        return "runItems" in pipeline ? comparing(pipeline) : pipeline;
      });
      await withKernel({ ...options, plugin }, async ({ run }) => void (await run()));
    },
  };
}

/** The pipeline, which compares the ways to run a request's items before their first run. */
function comparing(pipeline: Batched<any, any>): Batched<any, any> {
  let items: readonly unknown[] = [];
  let comparison: Promise<void> | undefined;
  return overriding(pipeline, {
    async items(input: unknown, call: Call) {
      items = await pipeline.items(input, call);
      return items;
    },
    async runItems(some: readonly unknown[], call: Call) {
      await (comparison ??= compare(pipeline, items, call));
      return pipeline.runItems(some, call);
    },
  });
}

async function compare(
  pipeline: Batched<any, any>,
  items: readonly unknown[],
  call: Call,
): Promise<void> {
  const alone = [];
  for (const item of items) alone.push(...(await pipeline.runItems([item], call)));
  const together = await pipeline.runItems(items, call);
  const reversed = await pipeline.runItems(items.toReversed(), call);
  if (alone.length !== items.length) fail(`${items.length} items gave ${alone.length} parts alone`);
  const differing = difference(together, alone) ?? difference(reversed.toReversed(), alone);
  if (differing !== undefined) fail(`Parts of items together are not those alone. ${differing}`);
}
