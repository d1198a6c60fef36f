import type { Page } from "playwright-core";

/** Gathers the faults of a page: errors, breaches of its policy, requests to other hosts, missing files. */
export function troublesOf(page: Page, origin: string): readonly string[] {
  const troubles: string[] = [];
  page.on("pageerror", (error) => troubles.push(`thrown: ${error.stack}`));
  page.on("console", (message) => {
    // The browser logs every refusal of the API, and the tests look at refusals themselves.
    const { url } = message.location();
    const refusal = url.startsWith(`${origin}/v1/`) || url === `${origin}/openapi.json`;
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
