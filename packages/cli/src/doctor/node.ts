import { formatBytes } from "@kindred/core";
import type { Facts } from "./facts.ts";
import { ok, problem, warning } from "./finding.ts";
import type { Finding } from "./finding.ts";

/** A heap of which a quarter, which bodies of requests may take, is less than the largest body. */
const leastHeapBytes = 256 << 20;

/** Judges Node, the system's C library, and V8's heap. */
export function node({ node: facts }: Pick<Facts, "node">): readonly Finding[] {
  const { platform, architecture, glibc, maxHeapBytes } = facts;
  const where = `${platform} ${architecture}${glibc === undefined ? "" : `, glibc ${glibc}`}`;
  return [
    version(facts),
    platform === "linux" && glibc === undefined
      ? problem(
          "system",
          `${where} without glibc: onnxruntime's and tokenizers' binaries need it.`,
          "Use a distribution with glibc, such as Debian, in the place of Alpine.",
        )
      : ok("system", where),
    maxHeapBytes < leastHeapBytes
      ? warning(
          "heap",
          `Node's heap may have ${formatBytes(maxHeapBytes)}, and bodies of requests a quarter of it.`,
          "Start Node with a larger --max-old-space-size, or name --body-memory.",
        )
      : ok("heap", `Node's heap may have ${formatBytes(maxHeapBytes)}.`),
  ];
}

function version({ version: text }: Facts["node"]): Finding {
  const [major = 0, minor = 0] = text.split(".").map(Number);
  if (major < 20 || (major === 20 && minor < 19))
    return problem(
      "node",
      `Node ${text} is too old.`,
      "Install Node 20.19 or newer; best 22 or 24.",
    );
  if (major === 20 || major % 2 === 1) {
    const why = major === 20 ? "since April 2026" : "once the next version is out";
    return warning("node", `Node ${text} gets no fixes ${why}.`, "Install Node 22 or 24.");
  }
  return ok("node", `Node ${text}`);
}
