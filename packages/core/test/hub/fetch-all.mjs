// Fetches all files of a model by its name, as a process of its own, and prints its folder.
import { hubSource } from "../../dist/hub/index.js";

const call = { signal: new AbortController().signal, onEvent() {} };
const found = await hubSource().find(process.argv[2], call);
process.stdout.write(await found.fetch(found.files, call));
