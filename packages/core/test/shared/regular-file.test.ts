import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  openRegularFile,
  readRegularFile,
  readRegularFileNow,
} from "../../src/shared/regular-file.ts";

let folder: string;
const server = createServer();

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "kindred-regular-"));
  execFileSync("mkfifo", [join(folder, "pipe")]);
  server.listen(join(folder, "socket"));
  await once(server, "listening");
  await writeFile(join(folder, "file"), "abc");
  await writeFile(join(folder, "empty"), "");
  await symlink("file", join(folder, "link"));
});
afterAll(async () => {
  server.close();
  await rm(folder, { recursive: true });
});

const readers: [string, (path: string, maxBytes: number) => Promise<Buffer>][] = [
  ["readRegularFile", readRegularFile],
  ["readRegularFileNow", async (path, maxBytes) => readRegularFileNow(path, maxBytes)],
];

describe.each(readers)("%s", (_, read) => {
  test.each([
    ["pipe", "it is a named pipe, not a regular file"],
    ["socket", "it is a socket, not a regular file"],
    [".", "it is a folder, not a regular file"],
    ["/dev/zero", "it is a device, not a regular file"],
  ])("refuses %s at once", async (path, message) => {
    const at = path.startsWith("/") ? path : join(folder, path);
    await expect(read(at, 10)).rejects.toMatchObject({ name: "UnreadableFile", message });
  });

  test("gives all bytes of a file, of an empty one and of one behind a link", async () => {
    expect(await read(join(folder, "file"), 3)).toEqual(Buffer.from("abc"));
    expect(await read(join(folder, "link"), 3)).toEqual(Buffer.from("abc"));
    expect(await read(join(folder, "empty"), 3)).toEqual(Buffer.from(""));
  });

  test("refuses a file beyond its bound with the numbers", async () => {
    const message = "it has 3 bytes, and at most 2 are read";
    await expect(read(join(folder, "file"), 2)).rejects.toThrow(message);
  });

  test("refuses a file that has more bytes than its size", async () => {
    await expect(read("/proc/self/status", 10)).rejects.toThrow(
      "it has more than the 0 bytes of its size: it is being written",
    );
  });

  test("rejects with the system's error when there is none", async () => {
    await expect(read(join(folder, "none"), 2)).rejects.toMatchObject({ code: "ENOENT" });
  });
});

test("openRegularFile gives a handle of a file and of nothing else", async () => {
  const file = await openRegularFile(join(folder, "file"));
  expect(await file.readFile("utf8")).toBe("abc");
  await file.close();
  await expect(openRegularFile(join(folder, "pipe"))).rejects.toThrow("named pipe");
});
