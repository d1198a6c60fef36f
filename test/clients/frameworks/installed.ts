/**
 * A package of this folder, in `npm run test:clients` alone, which installs them. Elsewhere undefined, which skips the tests and says
 * why.
 */
export async function installed<T>(name: string): Promise<T | undefined> {
  if (process.env["KINDRED_CLIENTS"] !== undefined) return import(/* @vite-ignore */ name);
  console.log(`The tests of ${name} are skipped: npm run test:clients installs it and has them.`);
  return undefined;
}
