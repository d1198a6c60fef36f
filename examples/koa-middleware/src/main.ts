import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { createKernel } from "@kindred/core";
import { embedding } from "@kindred/plugin-embedding";
import { createApp } from "./app.ts";

const [source = "./model", port = "3000", key = "secret"] = process.argv.slice(2);
const kernel = await createKernel({
  plugins: [embedding()],
  models: [{ id: "embedder", source }],
});
const server = createApp(kernel, key).listen(Number(port), "127.0.0.1");
await once(server, "listening");
console.log(`listening on http://127.0.0.1:${(server.address() as AddressInfo).port}`);
