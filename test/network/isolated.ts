import { execFile, spawnSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

/** What a server did in a namespace without a route, and what the kernel counted there. */
export interface Isolated {
  /** Numbers in the vector that it embedded. */
  readonly dimensions: number;
  /** Bytes of the picture that it drew. */
  readonly pictureBytes: number;
  /** Packets and connections that had nowhere to go, and datagrams: names are asked for by these. */
  readonly attempts: number;
}

/** The ways to a namespace of networks: as root, and as anybody where users may have namespaces. */
const ways = [["--net"], ["--user", "--map-root-user", "--net"]];

/** Arguments of `unshare` that lead to a namespace with loopback alone. Otherwise undefined, which skips the tests; it says why. */
export const way: readonly string[] | undefined = allowedWay();

function allowedWay(): readonly string[] | undefined {
  const tries = ways.map((args) => ({
    args,
    tried: spawnSync("unshare", [...args, "ip", "link", "set", "lo", "up"], { encoding: "utf8" }),
  }));
  const able = tries.find(({ tried }) => tried.status === 0);
  if (able) return able.args;
  const reasons = tries.map(({ tried }) => tried.error?.message ?? tried.stderr.trim());
  console.log(`The tests that nothing leaves are skipped: ${reasons.join("; ")}.`);
  return undefined;
}

export interface IsolatedOptions {
  /** Modules that the server's process imports first. Default: none. */
  readonly imports?: readonly string[];
  /** How long it is left alone before it ends. Default 0. */
  readonly idleSeconds?: number;
}

/** Has `kindred serve` start, embed and draw in a namespace of its own. */
export async function isolated({
  imports = [],
  idleSeconds = 0,
}: IsolatedOptions = {}): Promise<Isolated> {
  const home = await mkdtemp(join(tmpdir(), "kindred-isolated-"));
  const script = fileURLToPath(new URL("inside.mjs", import.meta.url));
  const begun = imports.map((name) => fileURLToPath(new URL(name, import.meta.url)));
  try {
    const { stdout } = await promisify(execFile)(
      "unshare",
      [...way!, process.execPath, script, `${idleSeconds}`, ...begun],
      // Nothing of this process's environment: it turns off onnxruntime's reports and the hub.
      { env: { PATH: process.env["PATH"], HOME: home } },
    );
    return JSON.parse(stdout) as Isolated;
  } finally {
    await rm(home, { recursive: true });
  }
}
