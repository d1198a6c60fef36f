import { fileURLToPath } from "node:url";
import { chromium as driver } from "playwright-core";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect } from "vitest";
import { kindred, start } from "../started.ts";
import type { Started } from "../started.ts";
import { chromium } from "./chromium.ts";
import { troublesOf } from "./troubles.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

const widths = {
  desktop: { viewport: { width: 1280, height: 800 } },
  phone: { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true },
} as const;

type Scheme = "light" | "dark";

export interface VisitOptions {
  readonly scheme?: Scheme;
  /** The tab that the address names; "" names none. Default "images". */
  readonly tab?: "images" | "embeddings" | "models" | "";
  /** Another page in its place: "docs#embeddings". Default: the playground, at the tab. */
  readonly path?: string;
  /** Default: the server of both demo models. */
  readonly at?: Pick<Started, "url">;
  /** Runs in the page before its own scripts. */
  readonly before?: () => void;
  readonly viewport?: { readonly width: number; readonly height: number };
}

export interface Visits {
  readonly server: Started;
  /** Opens the page. It is closed after the test, which fails if the page had a fault. */
  visit(options?: VisitOptions): Promise<Page>;
  /** Saves a screenshot for people to look at. git ignores it. */
  screenshot(page: Page, name: string): Promise<void>;
}

/** Describes the playground of a server with both demo models, on a desktop and on a phone. */
export function describePlayground(
  tests: (visits: Visits) => void,
  flags: readonly string[] = [],
): void {
  describe.skipIf(!chromium)("the playground", () => {
    let server: Started;
    let browser: Browser;
    const open: Opened[] = [];

    beforeAll(async () => {
      const models = ["--model", "demo-image", "--model", "demo-embedding"];
      server = await start(kindred, ["serve", "--port", "0", ...models, ...flags]);
      browser = await driver.launch({ executablePath: chromium!, timeout: 120_000 });
    });
    afterEach(async () => {
      const closed = open.splice(0);
      await Promise.all(closed.map(({ page }) => page.context().close()));
      expect(closed.flatMap(({ troubles }) => troubles)).toEqual([]);
    });
    afterAll(async () => {
      await browser.close();
      await server[Symbol.asyncDispose]();
    });

    describe.each(Object.entries(widths))("on a %s", (width, device) => {
      tests({
        get server() {
          return server;
        },
        async visit({
          scheme = "light",
          tab = "images",
          path,
          at = server,
          before,
          ...options
        } = {}) {
          const looks = { ...device, colorScheme: scheme, reducedMotion: "reduce" } as const;
          const context = await browser.newContext({ ...looks, ...options });
          const page = await context.newPage();
          if (before) await page.addInitScript(before);
          open.push({ page, scheme, troubles: troublesOf(page, at.url) });
          await page.goto(`${at.url}/${path ?? (tab && `#${tab}`)}`);
          return page;
        },
        async screenshot(page, name) {
          const { scheme } = open.find((each) => each.page === page)!;
          const path = `${root}test/playground/screenshots/${name}-${width}-${scheme}.png`;
          await page.screenshot({ path, fullPage: true });
        },
      });
    });
  });
}

interface Opened {
  readonly page: Page;
  readonly scheme: Scheme;
  readonly troubles: readonly string[];
}
