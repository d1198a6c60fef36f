/** What a run of the tests passes over, by the variable that would have it. Chromium's and the clients' tests say so themselves. */
const reasons: Readonly<Record<string, string>> = {
  KINDRED_FULL: "The long tests are skipped: npm run test:full has them.",
  KINDRED_OUTSIDE: "The tests of the packed packages are skipped: npm run test:outside has them.",
  KINDRED_MODELS:
    "The tests of trained weights are skipped: KINDRED_MODELS names no folder of them.",
};

/** Says before a run what it skips, and why. */
export default function skipped(): void {
  for (const [name, reason] of Object.entries(reasons)) {
    if (process.env[name] === undefined) console.log(reason);
  }
  if (process.getuid?.() === 0)
    console.log("The test of a folder that forbids writing is skipped: root may write anywhere.");
}
