import { spawn, spawnSync } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { cp, mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";

/** A folder that stands for an image's root: this machine's programs, and nothing else of it. */
export interface Machine {
  readonly folder: string;
  readonly env: NodeJS.ProcessEnv;
  /** Runs a command to its end, as root. Throws with its output when it fails. */
  run(command: readonly string[], cwd: string): Promise<string>;
  /** Copies a file or folder to a path of the machine. */
  copy(from: string, to: string): Promise<void>;
  /**
   * Starts a command as the user 1000 with a root that cannot be written but for these folders and /tmp, and with a network of its
   * own, which has loopback alone.
   */
  start(command: readonly string[], cwd: string, writable: readonly string[]): ChildProcess;
}

/** Why such a machine cannot be had here; undefined where it can. */
export function whyNoMachine(): string | undefined {
  if (process.getuid?.() !== 0) return "it needs root, for mounts";
  const { error, status, stderr } = spawnSync(
    "unshare",
    ["--mount", "--net", "mount", "-t", "tmpfs", "none", "/mnt"],
    { encoding: "utf8" },
  );
  return status === 0 ? undefined : (error?.message ?? stderr.trim());
}

/** Mounts this machine's programs into the current folder. The mounts end with the process. */
const programs = `
for name in usr bin sbin lib lib64 etc; do
  if [ -L "/$name" ]; then [ -L "$name" ] || ln -s "$(readlink "/$name")" "$name"
  elif [ -d "/$name" ]; then mkdir -p "$name"; mount --bind "/$name" "$name"; fi
done
mkdir -p dev proc tmp root
mount --rbind /dev dev
mount --rbind /proc proc
mount -t tmpfs none tmp
`;

const running = `set -e; cd "$1"; cwd=$2; shift 2; ${programs}
exec chroot . sh -c 'cd "$0" && exec "$@"' "$cwd" "$@"`;

/** The root is bound to itself, so that it can be made read-only without what is mounted in it. */
const starting = `set -e; ip link set lo up; root=$1; cwd=$2; writable=$3; shift 3; mount --bind "$root" "$root"; cd "$root"; ${programs}
for folder in $writable; do mount --bind ".$folder" ".$folder"; done
mount -o remount,bind,ro "$root"
exec chroot --userspec=1000:1000 . sh -c 'cd "$0" && exec "$@"' "$cwd" "$@"`;

export function machine(folder: string, env: NodeJS.ProcessEnv): Machine {
  return {
    folder,
    env,
    async run(command, cwd) {
      await mkdir(join(folder, cwd), { recursive: true });
      return output(
        spawn("unshare", ["--mount", "sh", "-c", running, "sh", folder, cwd, ...command], { env }),
      );
    },
    async copy(from, to) {
      const target = join(folder, to);
      await mkdir(dirname(target), { recursive: true });
      // Links of node_modules/.bin are relative, and stay so.
      await cp(from, target, { recursive: true, verbatimSymlinks: true });
    },
    start(command, cwd, writable) {
      const script = ["--mount", "--net", "sh", "-c", starting, "sh"];
      const args = [folder, cwd, writable.join(" "), ...command];
      return spawn("unshare", [...script, ...args], { env });
    },
  };
}

/** Runs a command beside a started one, as its user, in its network and its root. Resolves to its output. */
export function beside(
  { pid }: ChildProcess,
  command: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<string> {
  const where = ["--target", `${pid}`, "--net", "--mount", "--root"];
  const who = ["--setuid", "1000", "--setgid", "1000"];
  return output(spawn("nsenter", [...where, ...who, "env", "--chdir=/", ...command], { env }));
}

async function output(child: ChildProcess): Promise<string> {
  let text = "";
  for (const stream of [child.stdout!, child.stderr!])
    stream.setEncoding("utf8").on("data", (some: string) => (text += some));
  const [code] = (await once(child, "close")) as [number | null];
  if (code === 0) return text;
  throw new Error(`${child.spawnargs.at(-1)} ended with ${code}:\n${text}`);
}
