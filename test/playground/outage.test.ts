import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import { once } from "node:events";
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { kindred, start } from "../started.ts";
import type { Started } from "../started.ts";
import { describePlayground } from "./visits.ts";

describePlayground((visits) => {
  test("a server that dies in the middle of a stream is told as that, and the page goes on when it is back", async () => {
    await using first = await start(kindred, ["serve", "--port", "0"]);
    const page = await visits.visit({ at: first });
    await ask(page, "an apple", "900");
    await page.getByText(/^step \d+ of 900$/).waitFor({ timeout: 30_000 });
    await ask(page, "a red circle", "4");
    await page.getByText("place 1 in the queue").waitFor();
    await kill(first);

    await page.getByText("The server went away.", { exact: true }).waitFor();
    await page.getByText("The server went away before it answered.").waitFor();
    expect(await page.locator("body").innerText()).not.toMatch(/TypeError|network error/i);
    await page.getByText("until the server is back").waitFor();
    await visits.screenshot(page, "outage-images");

    await using _again = await start(kindred, ["serve", "--port", new URL(first.url).port]);
    await page.getByText("The server is back.").waitFor({ timeout: 30_000 });
    expect(await page.locator("#image-problem").isHidden()).toBe(true);
    await page.locator("#print[data-state=done]").waitFor({ timeout: 30_000 });
    expect(await page.locator("#gallery .title").allInnerTexts()).toEqual(["a red circle"]);
  });

  test("texts cannot be compared meanwhile, and the page says why", async () => {
    await using server = await start(kindred, ["serve", "--port", "0"]);
    const page = await visits.visit({ tab: "embeddings", at: server, scheme: "dark" });
    await page.locator("#compare:not([disabled])").waitFor();
    await kill(server);
    await page.getByRole("button", { name: "Compare" }).click();
    await page.getByText("The server went away before it answered.").waitFor();
    await page.getByText("The server went away.", { exact: true }).waitFor();
    await visits.screenshot(page, "outage-embeddings");
  });

  test("a proxy that answers for a server that is gone is told as that", async () => {
    let answers = true;
    const { host } = new URL(visits.server.url);
    await using proxy = await proxyTo(host, () => answers);
    const page = await visits.visit({ tab: "embeddings", at: proxy });
    await page.locator("#compare:not([disabled])").waitFor();
    answers = false;
    await page.getByRole("button", { name: "Compare" }).click();
    await page.getByText("The server went away.", { exact: true }).waitFor();
    answers = true;
    await page.getByText("The server is back.").waitFor();
    await page.getByRole("button", { name: "Compare" }).click();
    await page.locator("#comparison[data-state=done]").waitFor();
  });
});

async function kill(server: Started): Promise<void> {
  server.kill("SIGKILL");
  await server.ended;
}

async function ask(page: Page, prompt: string, steps: string): Promise<void> {
  const closed = page.locator("#image-settings:not([open])");
  if (await closed.count()) await page.locator("#image-settings summary").click();
  await page.locator("#prompt").fill(prompt);
  await page.locator("#steps").fill(steps);
  await page.getByRole("button", { name: "Draw" }).click();
}

/** A proxy that answers 502 with a page of its own while `answers` says no. */
async function proxyTo(
  host: string,
  answers: () => boolean,
): Promise<{ readonly url: string } & AsyncDisposable> {
  const server = createServer((asked, reply) => {
    if (!answers()) return void reply.writeHead(502).end("<h1>Bad gateway</h1>");
    const { method, url, headers } = asked;
    const options = { method, headers: { ...headers, host } };
    const onward = request(`http://${host}${url}`, options, (found) => {
      reply.writeHead(found.statusCode!, found.headers);
      found.pipe(reply);
    });
    asked.pipe(onward);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
