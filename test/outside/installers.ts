import { join } from "node:path";
import type { Outsider } from "./outsider.ts";

/** A way that docs/installing.md names to install packages without onnxruntime-node's script. */
export interface Installer {
  readonly name: string;
  /** Makes an application with these packages. Resolves to its folder, or to why this way cannot be gone here. */
  install(outsider: Outsider, packages: readonly string[]): Promise<string | Unavailable>;
}

export interface Unavailable {
  readonly unavailable: string;
}

const manifest = { private: true, type: "module" };

function npm(name: string, flags: readonly string[]): Installer {
  return {
    name,
    async install(outsider, packages) {
      const app = await outsider.application(manifest);
      await outsider.run("npm", ["install", ...flags, ...packages], app);
      return app;
    },
  };
}

export const installers: readonly Installer[] = [
  npm("npm install --ignore-scripts", ["--ignore-scripts"]),
  npm("npm install --ignore-scripts --install-strategy=linked", [
    "--ignore-scripts",
    "--install-strategy=linked",
  ]),
  {
    name: "ONNXRUNTIME_NODE_INSTALL=skip npm install",
    async install(outsider, packages) {
      const app = await outsider.application(manifest);
      const command = ["ONNXRUNTIME_NODE_INSTALL=skip", "npm", "install", ...packages];
      await outsider.run("env", command, app);
      return app;
    },
  },
  {
    name: "npm install with allowScripts in package.json",
    async install(outsider, packages) {
      const allowScripts = { "onnxruntime-node": false };
      const app = await outsider.application({ ...manifest, allowScripts });
      const version = await outsider.run("npm", ["--version"], app);
      if (!isFrom(version, [11, 19])) {
        return { unavailable: `npm is ${version}, which does not read allowScripts` };
      }
      await outsider.run("npm", ["install", ...packages], app);
      return app;
    },
  },
  {
    name: "pnpm add --ignore-scripts",
    async install(outsider, packages) {
      const app = await outsider.application(manifest);
      const tools = await outsider.application({ private: true });
      try {
        await outsider.run("npm", ["install", "pnpm"], tools);
      } catch (error) {
        return { unavailable: `pnpm cannot be installed: ${(error as Error).message}` };
      }
      const pnpm = join(tools, "node_modules/.bin/pnpm");
      await outsider.run(pnpm, ["add", "--ignore-scripts", ...packages], app);
      return app;
    },
  },
];

function isFrom(version: string, [major, minor]: readonly [number, number]): boolean {
  const [found = 0, second = 0] = version.split(".").map(Number);
  return found > major || (found === major && second >= minor);
}
