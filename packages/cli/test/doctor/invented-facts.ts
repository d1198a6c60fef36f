import type { Facts } from "../../src/doctor/facts.ts";

const gigabyte = 1e9;

/** A machine on which nothing is wrong, with another in the place of some of its facts. */
export function machine(changes: Partial<Facts> = {}): Facts {
  const folder = { exists: true, freeBytes: 90 * gigabyte, takesLinks: true };
  return {
    node: {
      version: "22.20.0",
      platform: "linux",
      architecture: "x64",
      glibc: "2.36",
      maxHeapBytes: 4 * gigabyte,
    },
    packages: [
      { name: "@kindred/cli", version: "0.1.0" },
      { name: "@kindred/core", version: "0.1.0" },
    ],
    libraries: [
      { name: "onnxruntime-node", version: "1.30.0", providers: ["cpu", "cuda"], isSilenced: true },
      { name: "sharp", version: "0.35.5" },
    ],
    cuda: { gpus: [], hasProvider: false },
    processor: {
      model: "A processor",
      instructions: new Set(["sse2", "avx2", "avx512_vnni"]),
      threads: 4,
    },
    memory: {
      total: 32 * gigabyte,
      limit: undefined,
      available: 30 * gigabyte,
      budget: 25 * gigabyte,
    },
    maxDescriptors: 65_536,
    hub: {
      endpoint: "https://huggingface.co",
      cache: "/cache",
      cacheVariable: "HF_HUB_CACHE",
      isOffline: false,
      offlineVariable: "HF_HUB_OFFLINE",
      hasToken: false,
    },
    cache: { ...folder, path: "/cache" },
    data: { ...folder, path: "/data" },
    port: { host: "127.0.0.1", port: 9997 },
    ...changes,
  };
}
