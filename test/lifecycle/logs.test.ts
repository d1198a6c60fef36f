import { expect, test } from "vitest";
import { kindred, start } from "../started.ts";

const args = ["serve", "--port", "0", "--no-state", "demo-embedding"];
const hostile = "fox\nerror: forged \u001b[2J\u009b2J\u202e\u2028";

async function ask(url: string): Promise<void> {
  const headers = { "content-type": "application/json", "x-request-id": "mine" };
  const bodies = [
    { model: "demo-embedding", input: hostile },
    { model: hostile, input: "a" },
  ];
  for (const body of bodies) {
    await fetch(`${url}/v1/embeddings`, { method: "POST", headers, body: JSON.stringify(body) });
  }
  await fetch(`${url}/v1/models/${encodeURIComponent(hostile)}`);
}

test("as JSON, each line of the log is an object, and no client can forge one", async () => {
  await using server = await start(kindred, [...args, "--log-format", "json", "--log-prompts"]);
  await ask(server.url);
  const lines = () => server.output.split("\n").filter((line) => line.startsWith("{"));
  await expect.poll(() => lines().length).toBe(3);
  const records = lines().map((line) => JSON.parse(line));
  expect(records[0]).toMatchObject({
    level: "info",
    msg: "request",
    status: 200,
    id: "mine",
    model: "demo-embedding",
    text: hostile,
    tokens: expect.any(Number),
  });
  expect(records[1]).toMatchObject({ status: 404, model: hostile });
  expect(server.output).toMatch(/^[\x20-\x7e\n]+$/);
  expect(server.output).not.toMatch(/^error: forged/m);
});

test("as lines for people, no client can forge one, and prompts are not in them unless asked", async () => {
  await using server = await start(kindred, args);
  await ask(server.url);
  const lines = () => server.output.split("\n").filter((line) => line.startsWith("request "));
  await expect.poll(() => lines().length).toBe(3);
  expect(lines()[0]).not.toMatch(/fox/);
  expect(server.output).toMatch(/^[\x20-\x7e\n]+$/);
  expect(server.output).not.toMatch(/^error: forged/m);
});
