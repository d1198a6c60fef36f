import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { StandInOptions } from "../../packages/core/test/hub/stand-in.ts";
import { models, readPictures } from "../../packages/plugin-diffusion/test/pictures/golden.ts";
import {
  writeControlNet,
  writeFolder,
} from "../../packages/plugin-diffusion/test/pictures/synthetic-folder.ts";
import { fixture } from "../../packages/plugin-embedding/test/fixture.ts";
import { filesIn } from "./hub-of.ts";

const commits = {
  bge: "90e113f4f9cd0c83220c873b94ca7bc37f85de97",
  turbo: "1681ed09e0cff58eeb41e878a49893228b78b94c",
  mlsd: "456fc1af4dc8f7d5fa6c949c5040d3828a24e3ad",
};

/** Small synthetic models, as the repositories at the commits that the names bge-base-en, sd-turbo, stable-diffusion-v1.5 and mlsd stand for. */
export async function tinyRepositories(): Promise<readonly StandInOptions[]> {
  const folder = await mkdtemp(join(tmpdir(), "kindred-tiny-"));
  try {
    await using bge = await fixture("bge-tiny");
    await writeFolder(join(folder, "turbo"), models["sd-turbo"]!);
    await writeFolder(join(folder, "sd15"), models["sd15"]!);
    const { nets } = readPictures("control-pictures");
    await writeControlNet(join(folder, "mlsd"), nets["lines"]!);
    return [
      { repo: "BAAI/bge-base-en", at: commits.bge, files: await filesIn(bge.path) },
      {
        repo: "stabilityai/sd-turbo",
        at: commits.turbo,
        files: await filesIn(join(folder, "turbo")),
      },
      {
        repo: "stable-diffusion-v1-5/stable-diffusion-v1-5",
        files: await filesIn(join(folder, "sd15")),
      },
      {
        repo: "lllyasviel/sd-controlnet-mlsd",
        at: commits.mlsd,
        files: await filesIn(join(folder, "mlsd")),
      },
    ];
  } finally {
    await rm(folder, { recursive: true });
  }
}
