import { availableParallelism, cpus, loadavg } from "node:os";

/** What the figures were measured on, and how busy it was with other things beforehand. */
export function machine() {
  return {
    processor: cpus()[0].model.trim(),
    cores: availableParallelism(),
    node: process.version,
    load: loadavg()[0],
  };
}
