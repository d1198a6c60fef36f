// Runs in a namespace without a route: starts `kindred serve`, asks it for a vector and a picture, ends it, and prints what the kernel counted.
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";

const kindred = fileURLToPath(new URL("../../packages/cli/bin/kindred.js", import.meta.url));
execFileSync("ip", ["link", "set", "lo", "up"]);

const [idleSeconds, ...modules] = process.argv.slice(2);
const imports = modules.flatMap((path) => ["--import", path]);
const server = spawn(process.execPath, [...imports, kindred, "serve", "--port", "0"], {
  stdio: ["ignore", "pipe", "inherit"],
});
const ended = once(server, "close");
let url;
for await (const line of createInterface({ input: server.stdout })) {
  url = /^listening on (\S+)/.exec(line)?.[1];
  if (url) break;
}
server.stdout.resume();

const { data: vectors } = await ask("/v1/embeddings", { model: "demo-embedding", input: "a fox" });
const { data: pictures } = await ask("/v1/images/generations", {
  model: "demo-image",
  prompt: "an apple",
});
await delay(Number(idleSeconds) * 1_000);
server.kill("SIGTERM");
await ended;

console.log(
  JSON.stringify({
    dimensions: vectors[0].embedding.length,
    pictureBytes: Buffer.from(pictures[0].b64_json, "base64").length,
    attempts:
      counted4("Ip", "OutNoRoutes") +
      counted4("Udp", "OutDatagrams") +
      counted6("Ip6OutNoRoutes") +
      counted6("Udp6OutDatagrams"),
  }),
);

async function ask(path, body) {
  const response = await fetch(`${url}${path}`, {
    method: "POST",
    headers: { "content-type": "application/json", connection: "close" },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(await response.text());
  return response.json();
}

/** A counter of version 4, of which the names are in one line and the numbers in the next. */
function counted4(protocol, name) {
  const lines = readFileSync("/proc/net/snmp", "utf8").split("\n");
  const [names, numbers] = lines.filter((line) => line.startsWith(`${protocol}:`));
  return Number(numbers.split(" ")[names.split(" ").indexOf(name)]);
}

/** A counter of version 6; 0 where the machine does not have it. */
function counted6(name) {
  const [, text = "0"] = new RegExp(`^${name}\\s+(\\d+)`, "m").exec(snmp6()) ?? [];
  return Number(text);
}

function snmp6() {
  try {
    return readFileSync("/proc/net/snmp6", "utf8");
  } catch {
    return "";
  }
}
