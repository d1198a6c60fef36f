import { configDefaults, defineConfig } from "vitest/config";
import { LongestFirst } from "./test/longest-first.ts";

/** Files of long tests, which `npm run test:full` has. */
const long = process.env["KINDRED_FULL"] ? [] : ["**/*.long.test.ts"];
const conditions = ["@kindred/source", "node", "import", "default"];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: ["packages/*/test/**/*.test.ts", "examples/*/test/**/*.test.ts", "test/**/*.test.ts"],
    exclude: [...configDefaults.exclude, ...long],
    globalSetup: ["test/temporary-folder.ts", "test/skipped.ts"],
    // Otherwise the onnxruntime of a test's own process reports its sessions, as process-runtime.ts tells.
    // No test asks Hugging Face: those of downloads name their own endpoint.
    env: { ORT_DISABLE_TELEMETRY: "1", HF_HUB_OFFLINE: "1" },
    // A shared core may be several times slower than an own one.
    testTimeout: 180_000,
    hookTimeout: 180_000,
    expect: { poll: { timeout: 30_000 } },
    maxWorkers: 2,
    sequence: { sequencer: LongestFirst },
  },
});
