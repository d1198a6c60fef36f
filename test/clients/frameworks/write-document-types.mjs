// Writes document.d.ts: the types that openapi-typescript makes of the OpenAPI document of a server with our plugins.
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { createKernel } from "@kindred/core";
import { diffusion } from "@kindred/plugin-diffusion";
import { embedding } from "@kindred/plugin-embedding";
import { rerank } from "@kindred/plugin-rerank";
import { createApp } from "@kindred/server-koa";
import openapiTypescript, { astToString } from "openapi-typescript";

const kernel = await createKernel({ plugins: [embedding(), rerank(), diffusion()] });
const server = createServer(createApp(kernel).callback()).listen(0, "127.0.0.1");
await once(server, "listening");
const { port } = server.address();
const document = await (await fetch(`http://127.0.0.1:${port}/openapi.json`)).json();
const types = await openapiTypescript(document);
await writeFile(new URL("document.d.ts", import.meta.url), astToString(types));
server.close();
await kernel[Symbol.asyncDispose]();
