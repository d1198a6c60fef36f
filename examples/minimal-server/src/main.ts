import { createKernel } from "@kindred/core";
import { embedding } from "@kindred/plugin-embedding";
import { serve } from "@kindred/server-koa";

const [source = "./model", port = "3000"] = process.argv.slice(2);
const kernel = await createKernel({
  plugins: [embedding()],
  models: [{ id: "embedder", source }],
});
const { url } = await serve(kernel, { port: Number(port) });
console.log(`listening on ${url}`);
