import { createHash } from "node:crypto";
import { cp, mkdir, readdir, readFile, rename, symlink, writeFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";

/** Lays a plain folder's files out in another way below `scratch`, and gives the path to launch. */
export type Layout = (plain: string, scratch: string) => Promise<string>;

/** Layouts that hold a checkpoint behind links, by what they are called. */
export const layouts: Readonly<Record<string, Layout>> = {
  "each file a link": async (plain, scratch) => {
    for (const file of await filesOf(plain))
      await link(join(plain, file), join(scratch, "m", file));
    return join(scratch, "m");
  },
  "each component's folder a link": async (plain, scratch) => {
    for (const [i, name] of (await readdir(plain)).entries()) {
      const elsewhere = join(scratch, "elsewhere", `${i}`);
      await cp(join(plain, name), elsewhere, { recursive: true });
      await link(elsewhere, join(scratch, "m", name));
    }
    return join(scratch, "m");
  },
  "the folder itself a link, relative, through another link": async (plain, scratch) => {
    await cp(plain, join(scratch, "disk", "m"), { recursive: true });
    await symlink("disk", join(scratch, "mounted"));
    await symlink("mounted/m", join(scratch, "current"));
    return join(scratch, "current");
  },
  "Hugging Face's cache": (plain, scratch) => hub(plain, join(scratch, "hub")),
  "Hugging Face's cache with its shared blob store": async (plain, scratch) => {
    const snapshot = await hub(plain, join(scratch, "hub"));
    await share(join(scratch, "hub"));
    return snapshot;
  },
  "a shared blob store on another disk, the cache behind a link": async (plain, scratch) => {
    await hub(plain, join(scratch, "ssd", "hub"));
    await share(join(scratch, "ssd", "hub"));
    await mkdir(join(scratch, "hdd"));
    await rename(join(scratch, "ssd/hub/blobs"), join(scratch, "hdd/blobs"));
    await symlink("../../hdd/blobs", join(scratch, "ssd/hub/blobs"));
    await symlink("ssd", join(scratch, "home"));
    return join(scratch, "home/hub", snapshotFolder);
  },
  "a component's folder that is a link into another model's snapshot": async (plain, scratch) => {
    const snapshot = await hub(plain, join(scratch, "hub"));
    for (const name of await readdir(snapshot)) {
      await link(join(snapshot, name), join(scratch, "mine", name));
    }
    return join(scratch, "mine");
  },
};

const repository = "models--acme--layouts";
const snapshotFolder = `${repository}/snapshots/${"0".repeat(40)}`;

/** A repository of Hugging Face's cache: files lie in `blobs` under their hashes, and a snapshot's are links to them. */
async function hub(plain: string, cache: string): Promise<string> {
  const snapshot = join(cache, snapshotFolder);
  await mkdir(join(cache, repository, "blobs"), { recursive: true });
  for (const file of await filesOf(plain)) {
    const bytes = await readFile(join(plain, file));
    const blob = join(cache, repository, "blobs", sha256(bytes));
    await writeFile(blob, bytes);
    await link(relative(dirname(join(snapshot, file)), blob), join(snapshot, file));
  }
  return snapshot;
}

/** Moves a cache's blobs to the store that its repositories share, as huggingface_hub 2.4 lays it out. */
async function share(cache: string): Promise<void> {
  const blobs = join(cache, repository, "blobs");
  for (const etag of await readdir(blobs)) {
    const hash = sha256(Buffer.from(etag));
    const stored = join(cache, "blobs", hash.slice(0, 2), hash);
    await mkdir(dirname(stored), { recursive: true });
    await rename(join(blobs, etag), stored);
    await symlink(`../../blobs/${hash.slice(0, 2)}/${hash}`, join(blobs, etag));
  }
  await writeFile(join(cache, "blobs/.huggingface-shared-blobs"), "1\n");
}

async function link(target: string, path: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await symlink(target, path);
}

async function filesOf(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)));
}

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
