// A program outside the clone: a composed server, and the same kernel mounted in a Koa application.
import type { AddressInfo } from "node:net";
import { budgetAllocator, createKernel, deviceAllocator, provide } from "@kindred/core";
import type { Plugin } from "@kindred/core";
import * as onnx from "@kindred/core/onnx";
import { pluginChecks } from "@kindred/core/testing";
import { openTokenizer } from "@kindred/core/text";
import { encoderOf } from "@kindred/core/text/process";
import { demoEmbedding, demoImage } from "@kindred/demo-models";
import { diffusion } from "@kindred/plugin-diffusion";
import { schedulerChecks } from "@kindred/plugin-diffusion/testing";
import { asModelFamily, embedding } from "@kindred/plugin-embedding";
import { rerank } from "@kindred/plugin-rerank";
import { openai, serve } from "@kindred/server-koa";
import Koa from "koa";

void [onnx, pluginChecks, openTokenizer, encoderOf, schedulerChecks];

const defaults = { pooling: "mean", normalize: true } as const;
const family = asModelFamily({ name: "own", match: () => false, defaults });
const own: Plugin = { contract: 1, name: "own", families: [family] };
const kernel = await createKernel({
  plugins: [own, embedding(), rerank(), diffusion()],
  models: [demoEmbedding, demoImage],
  provides: [provide(deviceAllocator, () => budgetAllocator({ memory: 2 ** 30 }))],
});

const app = new Koa().use(openai(kernel, { prefix: "/ai" }));
const mounted = app.listen(0, "127.0.0.1", async () => {
  const { port } = mounted.address() as AddressInfo;
  console.log(`mounted at http://127.0.0.1:${port}/ai`);
  const { url, close } = await serve(kernel, { port: 0 });
  process.on("SIGTERM", () => {
    mounted.close();
    mounted.closeIdleConnections();
    void close();
  });
  console.log(`listening on ${url}`);
});
