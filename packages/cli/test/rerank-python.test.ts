import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { kindred, start } from "../../../test/started.ts";
import { fixture } from "../../plugin-rerank/test/fixture.ts";

/** A Python that has tools/clients/requirements.txt. */
const python = process.env["KINDRED_PYTHON"];
if (python === undefined) {
  console.log("Python's clients do not rerank: KINDRED_PYTHON names no interpreter that has them.");
}

test.skipIf(python === undefined)("Python's clients rerank", { timeout: 300_000 }, async () => {
  await using folder = await fixture("bert-tiny");
  const args = ["serve", "--port", "0", "--model", `ranks=${folder.path}`];
  await using server = await start(kindred, args);
  const script = fileURLToPath(new URL("../../../tools/clients/check_rerank.py", import.meta.url));
  const { stdout } = await promisify(execFile)(python!, [script, server.url, "ranks"]);
  expect(stdout).toMatch(/^xinference-client \d.*hosted_vllm jina_ai cohere/m);
});
