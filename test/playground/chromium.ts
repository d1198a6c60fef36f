import { existsSync } from "node:fs";

const path = process.env["KINDRED_CHROMIUM"] ?? "/usr/bin/chromium";

/** The browser that drives the playground: Debian's, or the one that KINDRED_CHROMIUM names. Undefined where there is none. */
export const chromium: string | undefined = existsSync(path) ? path : undefined;

if (!chromium) {
  console.log(`The playground is not tried in a browser: there is no ${path}.
Install Debian's chromium, or name another with KINDRED_CHROMIUM.`);
}
