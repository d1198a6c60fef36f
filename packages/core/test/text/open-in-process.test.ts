import { spawn } from "node:child_process";
import { once } from "node:events";
import { access, mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { pathToFileURL } from "node:url";
import { KernelError } from "@kindred/core";
import { builtModule, openInProcess } from "@kindred/core/text";
import type { Tokenizer, TokenizerBounds, TokenizerFacts } from "@kindred/core/text";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";

interface LetterFacts extends TokenizerFacts {
  readonly space: number;
  readonly pid: number;
}

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "kindred-module-"));
});
afterAll(() => rm(folder, { recursive: true }));

/** Writes a module and gives its URL. */
async function written(name: string, source: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, source);
  return pathToFileURL(path).href;
}

/** A module whose tokens are letters. The texts "exit", "fill", "hang", "mark" and "signal" do what they say, "pid" is its process's id. */
const letters = `
  import { writeFileSync } from "node:fs";
  const doing = {
    mark: (folder) => writeFileSync(folder + "/marked", ""),
    exit: () => process.exit(3),
    fill: () => { const kept = []; for (;;) kept.push(Buffer.alloc(1e7, 1)); },
    signal: () => process.kill(process.pid, "SIGKILL"),
    hang: () => { for (;;); },
  };
  export async function openEncoder({ path, text }, config) {
    const { pid } = process;
    const facts = { space: 32, path, pid, greeting: await text("greeting.txt"), none: await text("none.txt") };
    return {
      facts: { vocabularySize: 256, maxTokens: config.model_max_length, ...facts },
      encode: async (rows, { maxTokens }) =>
        rows.map(([text]) => {
          doing[text]?.(path);
          if (text === "throw") throw new Error("no such letter.");
          if (text === "pid") return { ids: Int32Array.of(pid), typeIds: Int32Array.of(0), length: 1 };
          const ids = Int32Array.from(Buffer.from(text).subarray(0, maxTokens));
          return { ids, typeIds: new Int32Array(ids.length), length: text.length };
        }),
    };
  }`;

describe("a module that is named to a tokenizer's process", () => {
  test("opens the tokenizer there, with the folder, its config and facts of its own", async () => {
    const module = await written("letters.mjs", letters);
    await writeFile(join(folder, "greeting.txt"), "hello");
    const config = { model_max_length: Infinity };
    await using tokenizer = await openInProcess<LetterFacts>({ module, folder, config });
    const facts = { space: 32, path: folder, greeting: "hello", none: undefined };
    expect(tokenizer).toMatchObject({ vocabularySize: 256, maxTokens: Infinity, ...facts });
    expect(tokenizer.pid).not.toBe(process.pid);
    const [tokens] = await tokenizer.encode(["abc"], { maxTokens: 2 });
    expect(tokens).toEqual({ ids: Int32Array.of(97, 98), typeIds: new Int32Array(2), length: 3 });
  });

  test("is LOAD_FAILED when it is not there", async () => {
    const module = pathToFileURL(join(folder, "absent.mjs")).href;
    await expect(openInProcess({ module, folder, config: {} })).rejects.toMatchObject({
      code: "LOAD_FAILED",
      message: expect.stringContaining("absent.mjs"),
    });
  });

  test("is LOAD_FAILED when it does not export openEncoder", async () => {
    const module = await written("empty.mjs", "export {};");
    await expect(openInProcess({ module, folder, config: {} })).rejects.toMatchObject({
      code: "LOAD_FAILED",
      message: expect.stringContaining("empty.mjs does not export openEncoder"),
    });
  });
});

test("facts of more than 10 MB are LOAD_FAILED with the numbers", async () => {
  const module = await written(
    "facts.mjs",
    `export const openEncoder = async () => ({ facts: { all: "a".repeat(1e7) }, encode() {} });`,
  );
  await expect(openInProcess({ module, folder, config: {} })).rejects.toMatchObject({
    code: "LOAD_FAILED",
    message: expect.stringMatching(
      /its facts have 100000\d\d bytes, and at most 10000000 are taken/,
    ),
  });
});

describe("a tokenizer whose process ends", () => {
  async function opened(bounds?: TokenizerBounds) {
    const module = await written("letters.mjs", letters);
    return openInProcess<LetterFacts>({ module, folder, config: {} }, bounds && { bounds });
  }

  async function pidOf(tokenizer: Tokenizer): Promise<number> {
    const [tokens] = await tokenizer.encode(["pid"]);
    return tokens!.ids[0]!;
  }

  test.each([
    ["exit", "GRAPH_FAILED", "its process ended with exit code 3. Try again"],
    ["signal", "GRAPH_FAILED", "its process was killed by SIGKILL, most likely out of memory. Try"],
    ["hang", "UNSUPPORTED", "it took more than 1 s. Send other texts, or shorter ones."],
  ])("%s fails that text alone; texts behind it have another process", async (text, code, why) => {
    await using tokenizer = await opened({ maxEncodeSeconds: 1 });
    const before = tokenizer.encode(["before"]);
    const ending = tokenizer.encode([text]);
    const behind = tokenizer.encode(["behind"]);
    await expect(ending).rejects.toMatchObject({
      code,
      message: expect.stringContaining(`The texts could not be tokenised: ${why}`),
    });
    const found = [...(await before), ...(await behind)].map(({ ids }) => String(Buffer.from(ids)));
    expect(found).toEqual(["before", "behind"]);
    expect(await pidOf(tokenizer)).not.toBe(tokenizer.pid);
  });

  test("is ended when it takes more memory than its files warrant", async () => {
    await using tokenizer = await opened();
    await expect(tokenizer.encode(["fill"])).rejects.toMatchObject({
      code: "UNSUPPORTED",
      message: expect.stringMatching(
        /it took 1\d\d\d MB of memory, and may take 1001 MB\. Send other texts, or shorter ones\.$/,
      ),
    });
    expect(await pidOf(tokenizer)).not.toBe(tokenizer.pid);
  });

  test("while it is idle has another for the next text", async () => {
    await using tokenizer = await opened();
    process.kill(tokenizer.pid, "SIGSEGV");
    await vi.waitFor(() => expect(() => process.kill(tokenizer.pid, 0)).toThrow("ESRCH"));
    expect(await pidOf(tokenizer)).not.toBe(tokenizer.pid);
  });

  test("keeps it when a text is refused with a reason", async () => {
    await using tokenizer = await opened();
    await expect(tokenizer.encode(["throw"])).rejects.toMatchObject({
      code: "GRAPH_FAILED",
      message: expect.stringContaining("no such letter. Try again"),
    });
    expect(await pidOf(tokenizer)).toBe(tokenizer.pid);
  });

  test("never gets a text that was aborted while it waited", async () => {
    await using tokenizer = await opened({ maxEncodeSeconds: 1 });
    const hanging = tokenizer.encode(["hang"]);
    const abort = new AbortController();
    const leaving = tokenizer.encode(["mark"], { signal: abort.signal });
    abort.abort();
    await expect(leaving).rejects.toMatchObject({ code: "ABORTED" });
    await expect(hanging).rejects.toMatchObject({ code: "UNSUPPORTED" });
    expect(await tokenizer.encode(["a"])).toHaveLength(1);
    await expect(access(join(folder, "marked"))).rejects.toThrow("ENOENT");
  });

  test("opens no other when a file has changed on disk, until it is back", async () => {
    const path = join(folder, "greeting.txt");
    await writeFile(path, "hello");
    await using tokenizer = await opened();
    await rename(path, join(folder, "kept"));
    await writeFile(path, "hello");
    await expect(tokenizer.encode(["exit"])).rejects.toMatchObject({ code: "GRAPH_FAILED" });
    await expect(tokenizer.encode(["a"])).rejects.toMatchObject({
      code: "LOAD_FAILED",
      message: `greeting.txt of the tokenizer in ${basename(folder)} has changed on disk since it was opened. Launch the model again.`,
    });
    await rename(join(folder, "kept"), path);
    expect(await tokenizer.encode(["a"])).toHaveLength(1);
  });
});

describe("a program with an open tokenizer", () => {
  /** Prints the id of the tokenizer's process, then goes on as `then` says. */
  async function program(then: string) {
    const module = await written("letters.mjs", letters);
    const built = new URL("../../dist/text/index.js", import.meta.url).href;
    const script = `
      const { openInProcess } = await import("${built}");
      const tokenizer = await openInProcess({ module: "${module}", folder: "${folder}", config: {} });
      ${then}
      console.log(tokenizer.pid);`;
    const server = spawn(process.execPath, ["--input-type=module", "--eval", script], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const [pid] = await once(server.stdout, "data");
    return { server, pid: Number(pid) };
  }

  const gone = (pid: number) =>
    vi.waitFor(() => expect(() => process.kill(pid, 0)).toThrow("ESRCH"), 5000);

  test("ends by itself, and the tokenizer with it", async () => {
    const { server, pid } = await program("");
    if (server.exitCode === null) await once(server, "exit");
    expect(server.exitCode).toBe(0);
    await gone(pid);
  });

  test("leaves no process when it is killed, whatever the tokenizer does", async () => {
    const { server, pid } = await program('void tokenizer.encode(["hang"]);');
    server.kill("SIGKILL");
    await gone(pid);
  });
});

test("signals that stop a server do not stop its tokenizers", async () => {
  const module = await written("letters.mjs", letters);
  await using tokenizer = await openInProcess<LetterFacts>({ module, folder, config: {} });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.kill(tokenizer.pid, signal);
    expect(await tokenizer.encode(["a"])).toHaveLength(1);
  }
});

test("a module that opens nothing within its bound is LOAD_FAILED, and no process is left", async () => {
  const module = await written(
    "endless.mjs",
    `import { writeFileSync } from "node:fs";
    export async function openEncoder({ path }) {
      writeFileSync(path + "/pid", String(process.pid));
      for (;;);
    }`,
  );
  const opening = openInProcess({ module, folder, config: {} }, { bounds: { maxOpenSeconds: 2 } });
  await expect(opening).rejects.toMatchObject({
    code: "LOAD_FAILED",
    message: `The tokenizer in ${basename(folder)} cannot be opened: it took more than 2 s. Fetch its files again.`,
  });
  const pid = Number(await readFile(join(folder, "pid"), "utf8"));
  expect(() => process.kill(pid, 0)).toThrow("ESRCH");
});

test("an opening that is given up rejects at once with the reason, and no process is left", async () => {
  const module = await written(
    "slow.mjs",
    `import { writeFileSync } from "node:fs";
    export async function openEncoder({ path }) {
      writeFileSync(path + "/slow-pid", String(process.pid));
      for (;;);
    }`,
  );
  const giving = new AbortController();
  const opening = openInProcess({ module, folder, config: {} }, { signal: giving.signal });
  const ended = expect(opening).rejects.toMatchObject({ code: "CLOSED" });
  const file = join(folder, "slow-pid");
  await vi.waitUntil(
    () =>
      access(file).then(
        () => true,
        () => false,
      ),
    { timeout: 20_000 },
  );
  giving.abort(new KernelError("CLOSED", "The model was unloaded."));
  await ended;
  const pid = Number(await readFile(file, "utf8"));
  await vi.waitFor(() => expect(() => process.kill(pid, 0)).toThrow("ESRCH"));
});

test.each([
  ["file:///app/src/text/open.ts", "file:///app/dist/text/thread.js"],
  ["file:///src/app/src/open.ts", "file:///src/app/dist/thread.js"],
  ["file:///app/dist/open.js", "file:///app/dist/thread.js"],
  ["file:///src/app/open.js", "file:///src/app/thread.js"],
])("a module beside %s is built at %s", (from, built) => {
  expect(builtModule("./thread.js", from)).toBe(built);
});
