import { spawn, spawnSync } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { demoModels } from "@kindred/demo-models";
import { createKernel } from "@kindred/core";
import { diffusion } from "@kindred/plugin-diffusion";
import { embedding } from "@kindred/plugin-embedding";
import { openMetrics, serve } from "@kindred/server-koa";
import { describe, expect, test } from "vitest";
import { freePort } from "../documents/free-port.ts";

const file = new URL("../../deploy/grafana/kindred.json", import.meta.url);
const dashboard = JSON.parse(await readFile(file, "utf8"));

interface Panel {
  readonly title: string;
  readonly targets?: readonly { readonly expr: string }[];
}

const queries = (dashboard.panels as readonly Panel[]).flatMap(({ title, targets = [] }) =>
  targets.map(({ expr }) => ({ title, expr })),
);

/** The queries as Grafana sends them for all models. */
function sent(expr: string): string {
  return expr
    .replaceAll("$__rate_interval", "10s")
    .replaceAll("$instance", ".*")
    .replaceAll("$model", ".*");
}

test("every figure of the dashboard is one that a server has", async () => {
  await using kernel = await createKernel({ plugins: [] });
  using metrics = openMetrics(kernel);
  const { text } = await metrics.read();
  const served = new Set(Array.from(text.matchAll(/^# TYPE (\w+)/gm), ([, name]) => name));
  const names = queries.flatMap(
    ({ expr }) => expr.match(/\b(?:kindred|nodejs|process)_\w+/g) ?? [],
  );
  expect(names.length).toBeGreaterThan(20);
  for (const name of names)
    expect(
      [name, name.replace(/_(bucket|sum|count)$/, "")].some((each) => served.has(each)),
      name,
    ).toBe(true);
});

const hasPrometheus = spawnSync("prometheus", ["--version"]).status === 0;
if (!hasPrometheus) console.log("The dashboard's queries are not run: there is no prometheus.");

describe.skipIf(!hasPrometheus)("Prometheus", () => {
  test("answers every query of the dashboard", async () => {
    await using kernel = await createKernel({
      plugins: [embedding(), diffusion()],
      models: demoModels,
    });
    using metrics = openMetrics(kernel);
    const serving = await serve(kernel, { port: 0, drainDelay: 0, metrics });
    const folder = await mkdtemp(join(tmpdir(), "kindred-prometheus-"));
    const port = await freePort();
    const config = {
      global: { scrape_interval: "1s" },
      scrape_configs: [
        { job_name: "kindred", static_configs: [{ targets: [new URL(serving.url).host] }] },
      ],
    };
    await writeFile(join(folder, "prometheus.yml"), JSON.stringify(config));
    const at = `127.0.0.1:${port}`;
    const prometheus = spawn(
      "prometheus",
      [
        `--config.file=${join(folder, "prometheus.yml")}`,
        `--storage.tsdb.path=${join(folder, "data")}`,
        `--web.listen-address=${at}`,
      ],
      { stdio: "ignore" },
    );
    try {
      const ask = (path: string, body: object) =>
        fetch(`${serving.url}${path}`, {
          method: "POST",
          headers: { "content-type": "application/json" },
          body: JSON.stringify(body),
        });
      const asked = async (query: string): Promise<readonly unknown[]> => {
        const url = `http://${at}/api/v1/query?query=${encodeURIComponent(query)}`;
        const reply = await fetch(url).catch(() => undefined);
        if (!reply) return [];
        const { status, data, error } = (await reply.json()) as any;
        expect(status, `${query}: ${error}`).toBe("success");
        return data.result;
      };
      // A rate is of two samples that differ, so that there has to be traffic while Prometheus looks.
      await expect
        .poll(
          async () => {
            await ask("/v1/embeddings", {
              model: "demo-embedding",
              input: ["a fox", "the sea at night"],
            });
            await ask("/v1/images/generations", {
              model: "demo-image",
              prompt: "an apple",
              size: "64x64",
            });
            await ask("/v1/embeddings", { model: "none", input: "a fox" });
            return (await asked(sent(queries[0]!.expr))).length;
          },
          { timeout: 60_000, interval: 500 },
        )
        .toBeGreaterThan(1);
      const empty: string[] = [];
      for (const { title, expr } of queries)
        if ((await asked(sent(expr))).length === 0) empty.push(title);
      // Nothing is refused or evicted here, and nothing was launched since the metrics are there.
      expect(empty).toEqual([
        "Bounds reached a second",
        "Evictions a minute",
        "Launches and openings, p95",
      ]);
    } finally {
      prometheus.kill("SIGKILL");
      await serving.close();
      await rm(folder, { recursive: true });
    }
  });
});
