// Prints "PASSED FAILED" of vitest's JSON report, and on stderr each test that failed, once or twice.
import { readFileSync } from "node:fs";
import { relative } from "node:path";

const report = JSON.parse(readFileSync(process.argv[2], "utf8"));
let failed = report.numFailedTests;

for (const { name, status, message, assertionResults } of report.testResults) {
  const file = relative(process.cwd(), name);
  for (const test of assertionResults) {
    if (test.status === "failed")
      tell("FAILED", `${file} > ${test.fullName}`, test.failureMessages);
    else if (test.failureMessages.length > 0)
      tell("PASSED AT THE SECOND TRY", `${file} > ${test.fullName}`, test.failureMessages);
  }
  if (status === "failed" && !assertionResults.some((test) => test.status === "failed")) {
    failed++;
    tell("FAILED", file, [message]);
  }
}

console.log(`${report.numPassedTests} ${failed}`);

function tell(outcome, test, [message]) {
  console.error(`${outcome}: ${test}\n  ${message.trim().split("\n").slice(0, 6).join("\n  ")}`);
}
