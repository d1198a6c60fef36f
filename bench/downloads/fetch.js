import { hubSource } from "../../packages/core/dist/hub/index.js";

/** Downloads all files of the stand-in's repository. */
const call = { signal: new AbortController().signal, onEvent() {} };
const began = performance.now();
const found = await hubSource().find("birds/lark", call);
await found.fetch(found.files, call);
console.log(`took ${(performance.now() - began) / 1000}`);
