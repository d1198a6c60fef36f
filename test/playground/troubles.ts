import type { Page } from "playwright-core";

/** Gathers what must not happen on a page: errors, breaches of its policy, requests to other hosts, missing files. */
export function troublesOf(page: Page, origin: string): readonly string[] {
  const troubles: string[] = [];
  page.on("pageerror", (error) => troubles.push(`thrown: ${error.stack}`));
  page.on("console", (message) => {
    // What the API answers is the tests' own business; the browser logs every refusal.
    const refusal = message.location().url.startsWith(`${origin}/v1/`);
    if (["error", "warning"].includes(message.type()) && !refusal) {
      troubles.push(`${message.type()}: ${message.text()}`);
    }
  });
  page.on("request", (request) => {
    const url = request.url();
    if (!url.startsWith(`${origin}/`) && !/^(data|blob):/.test(url)) {
      troubles.push(`asked elsewhere: ${url}`);
    }
  });
  return troubles;
}
