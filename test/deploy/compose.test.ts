import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { root } from "../documents/follow.ts";

const read = (name: string) => parse(readFileSync(join(root, "deploy", name), "utf8"));
const { services, volumes } = read("compose.yaml");

test("the server has no rights, and writes to its volumes and to memory alone", () => {
  expect(services.kindred).toMatchObject({
    read_only: true,
    tmpfs: ["/tmp"],
    cap_drop: ["ALL"],
    security_opt: ["no-new-privileges:true"],
    volumes: ["cache:/cache", "data:/data"],
    build: { context: "..", dockerfile: "deploy/Dockerfile" },
  });
});

test("no port is reached from other machines", () => {
  const ports = Object.values<any>(services).flatMap((service) => service.ports);
  expect(ports).toEqual(["9997:9997", "9090:9090", "3000:3000"].map((port) => `127.0.0.1:${port}`));
});

test("a volume that a service names is one of the file's, and images have versions", () => {
  for (const { image, volumes: used } of Object.values<any>(services)) {
    for (const [name] of used.map((text: string) => text.split(":")))
      expect(name.startsWith("./") || name in volumes).toBe(true);
    if (image !== undefined) expect(image).toMatch(/:v?\d+\.\d+\.\d+$/);
  }
});

test("Prometheus scrapes the figures that the server has, and Grafana reads Prometheus", () => {
  expect(services.kindred.command).toContain("--metrics");
  const [{ static_configs: targets, metrics_path: path }] = read("prometheus.yml").scrape_configs;
  expect([targets, path]).toEqual([[{ targets: ["kindred:9997"] }], undefined]);
  const { datasources } = read("grafana/provisioning/datasources/prometheus.yaml");
  expect(datasources).toMatchObject([{ type: "prometheus", url: "http://prometheus:9090" }]);
  const { providers } = read("grafana/provisioning/dashboards/kindred.yaml");
  const mounted = services.grafana.volumes.map((text: string) => text.split(":")[1]);
  expect(mounted).toContain(providers[0].options.path);
});

test("neither connects elsewhere by itself", () => {
  const reports = Object.entries<any>(services.grafana.environment);
  expect(reports.map(([, value]) => value)).toEqual(Array(4).fill("false"));
});
