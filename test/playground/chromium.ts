import { existsSync } from "node:fs";

const path = process.env["KINDRED_CHROMIUM"] ?? "/usr/bin/chromium";
const isWanted = process.env["KINDRED_PAGE"] !== undefined;
const isThere = existsSync(path);

/**
 * The path of the browser for the playground's tests: Debian's, or the one that KINDRED_CHROMIUM names. Undefined without one, and
 * outside of `npm run test:page`, which they belong to: they take minutes.
 */
export const chromium: string | undefined = isWanted && isThere ? path : undefined;

if (!isWanted)
  console.log("The playground's tests in a browser are skipped: npm run test:page has them.");
else if (!isThere) {
  console.log(`The playground's tests are skipped: there is no ${path}.
Install Debian's chromium, or name another browser with KINDRED_CHROMIUM.`);
}
