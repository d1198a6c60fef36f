import { mkdtemp, readdir, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { randomNumbers } from "../../packages/core/test/random-numbers.ts";
import { fixture } from "../../packages/plugin-embedding/test/fixture.ts";
import { fixture as rerankerFixture } from "../../packages/plugin-rerank/test/fixture.ts";
import { childrenOf, isAlive, treeBytes } from "../load/process-tree.ts";
import { kindred, start } from "../started.ts";
import { ask } from "./traffic.ts";
import type { Outcome } from "./traffic.ts";

/** Minutes of traffic. */
const minutes = Number(process.env["KINDRED_SOAK"] ?? 0);
const seed = Number(process.env["KINDRED_SOAK_SEED"] ?? Date.now() % 1e6);
if (minutes === 0)
  console.log("The soak test is skipped: KINDRED_SOAK says how many minutes it takes.");

/** Clients at the same time. */
const clients = 4;
const admin = "sk-admin";

test.skipIf(minutes === 0)(
  "a server under mixed traffic, hang-ups, evictions, reloads and exchanged keys answers all, and grows not",
  async () => {
    console.log(`KINDRED_SOAK_SEED=${seed}`);
    const random = randomNumbers(seed);
    await using ranks = await rerankerFixture("xlm-roberta-tiny");
    await using extra = await fixture("bge-tiny");
    const folder = await mkdtemp(join(tmpdir(), "kindred-soak-"));
    let keys = ["sk-0"];
    let round = 0;
    const write = async (): Promise<void> => {
      const always = ["demo-embedding", "demo-image", { id: "ranks", source: ranks.path }];
      const more = { id: "extra", source: extra.path, runTimeout: 100 + round };
      const config = {
        port: 0,
        state: false,
        // Less than all models take together, so that they take turns.
        memory: "450MB",
        metrics: true,
        data: folder,
        keys: keys.map((key, i) => `key-${i}=${key}`),
        adminKeys: [`admin=${admin}`],
        models: round % 3 === 2 ? always : [...always, more],
      };
      // Renamed, so that it is never read half-written.
      await writeFile(join(folder, "next.json"), JSON.stringify(config));
      await rename(join(folder, "next.json"), join(folder, "kindred.config.json"));
    };
    await write();
    const server = await start(kindred, ["serve", "--log-level", "warn"], { cwd: folder });
    const { url, pid } = server;
    const outcomes: Outcome[] = [];
    const memory: number[] = [];
    const descriptors: number[] = [];
    const end = performance.now() + minutes * 60_000;
    const until = async (every: number, work: () => void | Promise<void>): Promise<void> => {
      while (performance.now() < end) {
        await work();
        await sleep(every);
      }
    };
    const known = { url, keys: () => keys, random };
    await Promise.all([
      ...Array.from({ length: clients }, () =>
        until(0, async () => void outcomes.push(await ask(known))),
      ),
      until(5_000, async () => {
        memory.push(treeBytes(pid));
        descriptors.push((await readdir(`/proc/${pid}/fd`)).length);
      }),
      until(10_000, async () => {
        round += 1;
        keys = [`sk-${round}`, ...keys].slice(0, 2);
        await write();
        server.kill("SIGHUP");
      }),
    ]);
    const figures = await (
      await fetch(`${url}/metrics`, { headers: { authorization: `Bearer ${admin}` } })
    ).text();
    const evictions = sum(figures, "kindred_model_evictions_total");
    const children = childrenOf(pid);
    server.kill("SIGTERM");
    const status = await server.ended;
    await rm(folder, { recursive: true });

    const faults = outcomes.filter(({ fault }) => fault !== undefined);
    const quarter = Math.ceil(memory.length / 4);
    const [early, late] = [memory.slice(quarter, 2 * quarter), memory.slice(-quarter)].map(median);
    const [few, many] = [descriptors.slice(quarter, 2 * quarter), descriptors.slice(-quarter)].map(
      (part) => Math.max(...part),
    );
    console.log(
      JSON.stringify({
        minutes,
        requests: outcomes.length,
        kinds: counted(outcomes.map(({ kind, status: code }) => `${kind} ${code ?? "hung up"}`)),
        reloads: round,
        evictions,
        megabytes: { early: mega(early), late: mega(late), most: mega(Math.max(...memory)) },
        descriptors: { early: few, late: many },
      }),
    );
    expect(faults.slice(0, 5)).toEqual([]);
    expect(server.output).not.toMatch(/^error:/m);
    expect(evictions).toBeGreaterThan(0);
    expect(late!).toBeLessThan(1.15 * early! + 30e6);
    expect(many!).toBeLessThan(few! + 20);
    expect(status).toBe(0);
    expect(children.filter(isAlive)).toEqual([]);
  },
  (minutes + 5) * 60_000,
);

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

function mega(bytes = 0): number {
  return Math.round(bytes / 1e6);
}

function counted(names: readonly string[]): Readonly<Record<string, number>> {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return Object.fromEntries([...counts].toSorted());
}

/** The sum of all series of a figure. */
function sum(text: string, name: string): number {
  const values = text.matchAll(new RegExp(`^${name}\\{.*\\} (\\S+)$`, "gm"));
  return Array.from(values, ([, value]) => Number(value)).reduce((all, value) => all + value, 0);
}
