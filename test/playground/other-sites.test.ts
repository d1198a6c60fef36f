import { once } from "node:events";
import { createServer } from "node:http";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { chromium as driver } from "playwright-core";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { kindred, start } from "../started.ts";
import type { Started } from "../started.ts";
import { chromium } from "./chromium.ts";

const flags = ["serve", "--port", "0", "--model", "demo-embedding"];

describe.skipIf(!chromium)("in a browser", () => {
  let server: Started;
  let browser: Browser;
  let site: Server;
  let stranger: string;
  let own: string;

  beforeAll(async () => {
    server = await start(kindred, flags);
    own = server.url.replace("127.0.0.1", "localhost");
    site = createServer((_, response) => {
      response.setHeader("content-type", "text/html").end("<title>elsewhere</title>");
    }).listen(0, "127.0.0.1");
    await once(site, "listening");
    stranger = `http://localhost:${(site.address() as AddressInfo).port}`;
    browser = await driver.launch({
      executablePath: chromium!,
      timeout: 120_000,
      args: ["--host-resolver-rules=MAP evil.example 127.0.0.1"],
    });
  });
  afterAll(async () => {
    await browser.close();
    site.close();
    await server[Symbol.asyncDispose]();
  });

  async function at<T>(url: string, work: (page: Page) => Promise<T>): Promise<T> {
    const page = await browser.newPage();
    try {
      await page.goto(url);
      return await work(page);
    } finally {
      await page.close();
    }
  }

  /** Lines of the server's log about embeddings that it answered with this status. */
  const logged = (from: Started, status: number): number =>
    from.output.split(`path=/v1/embeddings status=${status}`).length - 1;

  test("a page of another port sends a form and a text without asking, and both are refused", async () => {
    const sent = await at(stranger, (page) =>
      page.evaluate(async (url) => {
        const form = new FormData();
        form.set("model", "demo-embedding");
        form.set("input", "a red fox");
        const read = async (body: FormData | string) => {
          await fetch(url, { method: "POST", mode: "no-cors", body });
        };
        return Promise.allSettled([read(form), read('{"input":"a red fox"}')]);
      }, `${server.url}/v1/embeddings`),
    );
    // The browser keeps even the refusals from the page.
    expect(sent.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    await expect.poll(() => logged(server, 403)).toBe(2);
    expect(logged(server, 200)).toBe(0);
  });

  test("a page whose name leads here is told so", async () => {
    const { port } = new URL(server.url);
    const found = await at(`http://evil.example:${port}/`, (page) =>
      page.evaluate(askFor, "/v1/embeddings"),
    );
    expect(found).toBe(421);
  });

  test("the server's own page may ask, by each of its names", async () => {
    for (const url of [server.url, own]) {
      expect(await at(url, (page) => page.evaluate(askFor, "/v1/embeddings"))).toBe(200);
    }
  });

  test("a page that is named by --cors-origin may ask and read, another not", async () => {
    await using allowing = await start(kindred, [...flags, "--cors-origin", stranger]);
    const url = `${allowing.url}/v1/embeddings`;
    expect(await at(stranger, (page) => page.evaluate(askFor, url))).toBe(200);
    const refused = at(own, (page) => page.evaluate(askFor, url));
    await expect(refused).rejects.toThrow("Failed to fetch");
    expect(logged(allowing, 200)).toBe(1);
  });
});

/** Runs in the page. Asks as the SDKs do, whose headers need a permission; resolves to the status once the id is read. */
async function askFor(url: string): Promise<number> {
  const reply = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json", "x-stainless-lang": "js" },
    body: '{"model":"demo-embedding","input":"a red fox"}',
  });
  return reply.headers.get("x-request-id") ? reply.status : 0;
}
