import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { blocksOf } from "./blocks.ts";
import { follow, root, setUp } from "./follow.ts";
import { linkedPackages } from "./linked-packages.ts";
import { allPages } from "./pages.ts";

test("the README has exactly the two commands for setting up", async () => {
  const blocks = blocksOf(await readFile(join(root, "README.md"), "utf8"));
  expect(blocks.filter(({ text }) => text.includes("npm ci")).map(({ text }) => text)).toEqual(
    setUp,
  );
});

const pages = await allPages();

const works = async (page: string): Promise<void> => {
  await follow(await readFile(join(root, page), "utf8"), linkedPackages);
};
const title = "every block of %s works, in order, with what the page itself installs";

test.each(pages.filter((page) => page === "README.md"))(title, works, 300_000);

describe.skipIf(!process.env["KINDRED_FULL"])("beyond the README (KINDRED_FULL=1)", () => {
  test.each(pages.filter((page) => page !== "README.md"))(title, works, 300_000);
});
