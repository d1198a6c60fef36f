import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { readPictures } from "../../packages/plugin-diffusion/test/pictures/golden.ts";
import {
  writeControlNet,
  writeTiny,
} from "../../packages/plugin-diffusion/test/pictures/synthetic-folder.ts";
import { writeNetwork } from "../../packages/plugin-diffusion/test/upscaling/files.ts";
import { fixture } from "../../packages/plugin-embedding/test/fixture.ts";
import { fixture as rerankerFixture } from "../../packages/plugin-rerank/test/fixture.ts";
import { imageFolder } from "../images-http/image-folder.ts";
import { blocksOf } from "./blocks.ts";
import type { Block } from "./blocks.ts";
import { freePort } from "./free-port.ts";

export const root: string = fileURLToPath(new URL("../..", import.meta.url));

/** How a page's packages come into its folder. */
export interface Installing {
  /** Does `npm install` with these arguments, such as "--save-dev" or "@types/node@20", in the folder. */
  install(args: readonly string[], folder: string): Promise<void>;
  /** The environment of all commands. Default: this process's. */
  readonly env?: NodeJS.ProcessEnv;
}

/** These are meant for a clone; .ci/run runs them. */
export const setUp: readonly string[] = ["npm ci && npm start\n", "npm ci && npm test\n"];

/**
 * Does in an empty folder what a page says, block by block. The folder has no package but those that the page's own
 * `npm install` lines name, and no model but those that the page says to be there. Throws when a block fails.
 */
export async function follow(page: string, installing: Installing): Promise<void> {
  const begin = beginner(installing.env ?? process.env);
  const port = await freePort();
  const text = page.replaceAll("9997", `${port}`);
  const folder = await mkdtemp(join(tmpdir(), "kindred-page-"));
  await provideClone(text, folder, port);
  await provideModels(text, folder);
  let server: ChildProcess | undefined;
  try {
    for (const block of blocksOf(text).filter((each) => !setUp.includes(each.text))) {
      const command = await prepare(block, folder, installing);
      if (!command) continue;
      if (!block.background) {
        await finished(begin(command, folder), command);
        continue;
      }
      await end(server);
      server = begin(command, folder);
      await listens(port, server);
    }
  } finally {
    await end(server);
    await rm(folder, { recursive: true });
  }
}

/** Gives a page that is read in a clone the clone's two scripts. */
async function provideClone(text: string, folder: string, port: number): Promise<void> {
  if (!/^npm (?:start|run)\b/m.test(text)) return;
  const kindred = `"${process.execPath}" "${join(root, "packages/cli/bin/kindred.js")}"`;
  const scripts = { start: `${kindred} serve --port ${port}`, kindred };
  const manifest = { private: true, type: "module", scripts };
  await writeFile(join(folder, "package.json"), JSON.stringify(manifest));
}

async function provideModels(text: string, folder: string): Promise<void> {
  if (text.includes("in `models/bge-small-en-v1.5`")) {
    await using model = await fixture("bge-tiny");
    await cp(model.path, join(folder, "models/bge-small-en-v1.5"), { recursive: true });
  }
  if (text.includes("in `models/bge-reranker-base`")) {
    await using model = await rerankerFixture("xlm-roberta-tiny");
    await cp(model.path, join(folder, "models/bge-reranker-base"), { recursive: true });
  }
  if (text.includes("in `models/RealESRGAN_x4plus.safetensors`")) {
    await mkdir(join(folder, "models"), { recursive: true });
    await writeNetwork(join(folder, "models/RealESRGAN_x4plus.safetensors"));
  }
  if (text.includes("in `models/stable-diffusion-v1.5`")) {
    await using painter = await imageFolder();
    await cp(painter.path, join(folder, "models/stable-diffusion-v1.5"), { recursive: true });
  }
  if (/\bin\s`models\/sd-controlnet-canny`/.test(text)) {
    const net = readPictures("control-pictures").nets["lines"]!;
    await writeControlNet(join(folder, "models/sd-controlnet-canny"), net);
  }
  if (text.includes("in `models/taesd`"))
    await writeTiny(join(folder, "models/taesd"), readPictures("previews").nets["taesd"]!);
}

/** Writes a block's file, if it names one, and installs its packages. Returns the command that runs the rest, if there is one. */
async function prepare(
  { language, file, text }: Block,
  folder: string,
  installing: Installing,
): Promise<string | undefined> {
  if (language === "json") JSON.parse(text);
  if (file) {
    await mkdir(dirname(join(folder, file)), { recursive: true });
    await writeFile(join(folder, file), text);
  }
  if (language === "sh") {
    for (const [, args = ""] of text.matchAll(installLine)) {
      await installing.install(args.trim().split(/\s+/), folder);
    }
    return text.replaceAll(installLine, "");
  }
  if (language === "js" || language === "ts") {
    if (!file) throw new Error(`This block names no file, so it cannot be run:\n${text}`);
    const script = `node ${file.replace(/ts$/, "js")}`;
    return language === "js" ? script : `npx --no-install tsc && ${script}`;
  }
  if (["", "json", "text"].includes(language)) return undefined;
  throw new Error(`A block in ${language} cannot be run:\n${text}`);
}

const installLine = /^npm install (.*)$/gm;

type Begin = (command: string, cwd: string) => ChildProcess;

/**
 * Starts commands, each in a process group of its own, so that processes started by npm end with it. What this repository has
 * installed is not in their PATH.
 */
function beginner(env: NodeJS.ProcessEnv): Begin {
  const paths = (env["PATH"] ?? "").split(delimiter);
  const PATH = paths.filter((path) => !path.startsWith(root)).join(delimiter);
  return (command, cwd) =>
    spawn("bash", ["-ec", command], { cwd, detached: true, env: { ...env, PATH } });
}

async function finished(child: ChildProcess, command: string): Promise<void> {
  let output = "";
  child.stdout!.on("data", (chunk) => (output += chunk));
  child.stderr!.on("data", (chunk) => (output += chunk));
  const [status] = await once(child, "close");
  if (status !== 0) throw new Error(`It ended with ${status}: ${command}\n${output}`);
}

async function listens(port: number, server: ChildProcess): Promise<void> {
  let output = "";
  server.stderr!.on("data", (chunk) => (output += chunk));
  while (server.exitCode === null) {
    const socket = connect(port, "127.0.0.1");
    const connected = await once(socket, "connect").then(
      () => true,
      () => false,
    );
    socket.destroy();
    if (connected) return;
    await sleep(100);
  }
  throw new Error(`The server ended with ${server.exitCode} before it listened:\n${output}`);
}

async function end(server: ChildProcess | undefined): Promise<void> {
  if (!server?.pid || server.exitCode !== null) return;
  const closed = once(server, "close");
  process.kill(-server.pid, "SIGTERM");
  await closed;
}
