import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import { root } from "../documents/follow.ts";
import { startRegistry } from "./registry.ts";

/** Somebody on this machine who has no clone and an empty home: its `.npmrc` says where packages are, and nothing else. */
export interface Outsider extends AsyncDisposable {
  readonly env: NodeJS.ProcessEnv;
  /** Makes an empty folder for an application, with this `package.json`. */
  application(manifest: object): Promise<string>;
  /** Runs a command to its end. Throws with its output when it fails. */
  run(command: string, args: readonly string[], cwd: string): Promise<string>;
}

export async function outsider(): Promise<Outsider> {
  const registry = await startRegistry();
  const folder = await mkdtemp(join(tmpdir(), "kindred-outside-"));
  const home = join(folder, "home");
  await mkdir(home);
  const [others, cache] = await Promise.all([configured("registry"), configured("cache")]);
  const lines = [`@kindred:registry=${registry.url}/`, `registry=${others}`, `cache=${cache}`];
  await writeFile(join(home, ".npmrc"), `${lines.join("\n")}\n`);
  const env = { ...withoutNpm(process.env), HOME: home, CI: "true" };
  return {
    env,
    async application(manifest) {
      const app = await mkdtemp(join(folder, "app-"));
      await writeFile(join(app, "package.json"), JSON.stringify(manifest));
      return app;
    },
    async run(command, args, cwd) {
      const running = promisify(execFile)(command, [...args], { cwd, env, maxBuffer: 2 ** 26 });
      return running.then(
        ({ stdout }) => stdout.trim(),
        ({ code, stdout, stderr }) => {
          throw new Error(`${command} ${args.join(" ")} ended with ${code}:\n${stdout}${stderr}`);
        },
      );
    },
    async [Symbol.asyncDispose]() {
      await registry[Symbol.asyncDispose]();
      await rm(folder, { recursive: true });
    },
  };
}

async function configured(key: string): Promise<string> {
  const { stdout } = await promisify(execFile)("npm", ["config", "get", key], { cwd: tmpdir() });
  return stdout.trim();
}

/** npm hands its configuration down in variables, this repository's `ignore-scripts` with it. */
function withoutNpm(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const own = Object.entries(env).filter(
    ([name]) => !/^(?:npm_|XDG_|KINDRED_|NODE_OPTIONS$)/i.test(name),
  );
  const paths = (env["PATH"] ?? "").split(delimiter);
  const PATH = paths.filter((path) => !path.startsWith(root)).join(delimiter);
  return { ...Object.fromEntries(own), PATH };
}
