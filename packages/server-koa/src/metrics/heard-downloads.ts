import { tracing } from "@kindred/core";
import type { Figures } from "./figures.ts";
import { timed } from "./timed.ts";

/** Counts what comes from hubs. Returns what ends that. */
export function heardDownloads(figures: Figures): () => void {
  const files = figures.counter("downloads_total", "Files that came from a hub.", ["outcome"]);
  const bytes = figures.counter("download_bytes_total", "Bytes that came from hubs.");
  return timed(tracing.hubDownload, (event, { outcome }) => {
    files.inc({ outcome });
    bytes.inc(event.bytes);
  });
}
