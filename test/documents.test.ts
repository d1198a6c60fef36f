import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { connect, createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { fixture } from "../packages/plugin-embedding/test/fixture.ts";
import { blocksOf } from "./documents.ts";
import type { Block } from "./documents.ts";
import { imageFolder } from "./images-http/image-folder.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const guides = (await readdir(join(root, "docs"))).filter((name) => name.endsWith(".md"));
const pages = ["README.md", "CONTRIBUTING.md", ...guides.map((name) => `docs/${name}`)];

/** .ci/run runs these, since they are meant for a clone. */
const setUp = ["npm ci && npm start\n", "npm ci && npm test\n"];

test("the README has exactly the two commands for setting up", async () => {
  const blocks = blocksOf(await readFile(join(root, "README.md"), "utf8"));
  expect(blocks.filter(({ text }) => text.includes("npm ci")).map(({ text }) => text)).toEqual(
    setUp,
  );
});

test.each(pages)("every block of %s works, in order", async (page) => {
  const port = await freePort();
  const text = (await readFile(join(root, page), "utf8")).replaceAll("9997", `${port}`);
  const folder = await application(port);
  let server: ChildProcess | undefined;
  try {
    for (const block of blocksOf(text).filter((each) => !setUp.includes(each.text))) {
      const command = await prepare(block, folder);
      if (!command) continue;
      if (!block.background) {
        await finished(command, folder);
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
});

/** The packages that the pages' applications have installed, besides zod. */
const installed = ["@kindred", "@types", ".bin", "koa", "openai"];
/** npm may install zod in a plugin's folder instead of at the root. */
const zod = dirname(
  createRequire(join(root, "packages/plugin-embedding/package.json")).resolve("zod/package.json"),
);

/** Makes an application as the pages assume it: Kindred is installed, and models are in models/. */
async function application(port: number): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "kindred-page-"));
  await mkdir(join(folder, "node_modules"));
  await symlink(zod, join(folder, "node_modules/zod"));
  for (const name of installed) {
    await symlink(join(root, "node_modules", name), join(folder, "node_modules", name));
  }
  const scripts = { start: `kindred serve --port ${port}`, kindred: "kindred" };
  const manifest = { private: true, type: "module", scripts };
  await writeFile(join(folder, "package.json"), JSON.stringify(manifest));
  await using model = await fixture("bge-tiny");
  await cp(model.path, join(folder, "models/bge-small-en-v1.5"), { recursive: true });
  await using painter = await imageFolder();
  await cp(painter.path, join(folder, "models/stable-diffusion-v1-5"), { recursive: true });
  return folder;
}

/** Writes a block's file, if it names one. Returns the command that runs the block, if there is one. */
async function prepare(block: Block, folder: string): Promise<string | undefined> {
  const { language, file, text } = block;
  if (language === "json") JSON.parse(text);
  if (file) {
    await mkdir(dirname(join(folder, file)), { recursive: true });
    await writeFile(join(folder, file), text);
  }
  if (language === "sh") return text;
  if (language === "js") return `node ${file ?? fail(block)}`;
  if (language === "ts")
    return `${compile} ${file ?? fail(block)} && node ${file?.replace(/ts$/, "js")}`;
  expect(["", "json", "text"], text).toContain(language);
  return undefined;
}

const compile = [
  "tsc --ignoreConfig --strict --target es2023 --module nodenext --types node --lib es2023,esnext.disposable",
  "--skipLibCheck --verbatimModuleSyntax --rewriteRelativeImportExtensions",
].join(" ");

function fail({ text }: Block): never {
  throw new Error(`This block names no file, so it cannot be run:\n${text}`);
}

/** Starts the command in a process group of its own, so that processes started by npm end with it. */
function begin(command: string, cwd: string): ChildProcess {
  const PATH = `${join(root, "node_modules/.bin")}:${process.env["PATH"]}`;
  return spawn("bash", ["-ec", command], { cwd, detached: true, env: { ...process.env, PATH } });
}

async function finished(command: string, folder: string): Promise<void> {
  const child = begin(command, folder);
  let output = "";
  child.stdout!.on("data", (chunk) => (output += chunk));
  child.stderr!.on("data", (chunk) => (output += chunk));
  const [status] = await once(child, "close");
  expect(status, `${command}\n${output}`).toBe(0);
}

async function listens(port: number, server: ChildProcess): Promise<void> {
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
  throw new Error(`The server ended with ${server.exitCode} before it listened.`);
}

async function end(server: ChildProcess | undefined): Promise<void> {
  if (!server?.pid || server.exitCode !== null) return;
  const closed = once(server, "close");
  process.kill(-server.pid, "SIGTERM");
  await closed;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}
