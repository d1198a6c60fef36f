import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { formOf, picture, send } from "../images-http/edit.ts";
import { held } from "../images-http/held.ts";
import { imageServer } from "../images-http/image-server.ts";
import type { ImageServer } from "../images-http/image-server.ts";
import { hostileUploads } from "./hostile-uploads.ts";
import type { HostileUpload } from "./hostile-uploads.ts";

const count = process.env["KINDRED_FULL"] === undefined ? 120 : 1_000;
const atOnce = 4;

let server: ImageServer;
let temporary: string;
beforeAll(async () => {
  temporary = await mkdtemp(join(tmpdir(), "kindred-uploads-"));
  const env = { ...process.env, TMPDIR: temporary };
  server = await imageServer({ imports: ["probe.mjs"], env });
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await rm(temporary, { recursive: true });
});

/** Sends hostile uploads, some at once, and checks each reply. */
async function refuse(uploads: AsyncGenerator<HostileUpload>): Promise<number> {
  let refused = 0;
  const client = async (): Promise<void> => {
    for (;;) {
      const { value: upload, done } = await uploads.next();
      if (done) return;
      const form = formOf({});
      for (const [field, file] of upload.files) form.append(field, file, file.name);
      const takesMask = upload.files.some(([field]) => field === "mask");
      const name = takesMask || refused++ % 2 === 0 ? "edits" : "variations";
      const reply = await send(server.url, name, form);
      const { error, detail } = await reply.json();
      expect(reply.status, upload.kind).toBe(400);
      expect(error.code, upload.kind).toMatch(/^(?:INVALID_INPUT|UNSUPPORTED)$/);
      expect(error.param, upload.kind).toBe(takesMask ? "mask" : "image");
      expect(detail).toBe(error.message);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, client));
  return refused;
}

const edit = async (): Promise<number> =>
  (await send(server.url, "edits", formOf({ image: await picture() }))).status;

test(
  `${count} hostile uploads are refused each, leave no file and no memory, and others are answered meanwhile`,
  { timeout: 600_000 },
  async () => {
    expect(await edit()).toBe(200);
    await refuse(hostileUploads(120));
    const files = await readdir(temporary);
    const { memory } = await held(server);

    let settled = false;
    const refusing = refuse(hostileUploads(count)).finally(() => (settled = true));
    let longest = 0;
    while (!settled) {
      const start = performance.now();
      expect((await fetch(`${server.url}/health`)).status).toBe(200);
      longest = Math.max(longest, performance.now() - start);
    }
    await refusing;
    expect(longest).toBeLessThan(1_000);
    expect(await edit()).toBe(200);
    const after = await held(server);
    expect(after.memory.rss - memory.rss).toBeLessThan(100e6);
    expect(after.descriptors.filter((path) => path.startsWith(temporary))).toEqual([]);
    expect(await readdir(temporary)).toEqual(files);
  },
);
