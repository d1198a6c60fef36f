#!/usr/bin/env node
import { endWithNpm, main } from "../dist/index.js";

endWithNpm(process.env);
process.exitCode = await main(process.argv.slice(2));
