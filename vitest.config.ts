import { defineConfig } from "vitest/config";
import { LongestFirst } from "./test/longest-first.ts";

const conditions = ["@kindred/source", "module", "node", "import", "default"];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: ["packages/*/test/**/*.test.ts", "examples/*/test/**/*.test.ts", "test/**/*.test.ts"],
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
