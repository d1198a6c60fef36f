import { createKernel, deviceAllocator, provide } from "@kindred/core";
import { embedding } from "@kindred/plugin-embedding";
import { serve } from "@kindred/server-koa";
import { slots } from "./slots.ts";

const [port = "3000", ...sources] = process.argv.slice(2);
const allocator = slots(1);
const kernel = await createKernel({
  plugins: [embedding()],
  models: sources.map((source, i) => ({ id: `model-${i + 1}`, source })),
  provides: [provide(deviceAllocator, () => allocator)],
});
const { url } = await serve(kernel, { port: Number(port) });
console.log(`listening on ${url}`);
