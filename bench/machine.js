import { availableParallelism, cpus, loadavg } from "node:os";

/** Facts about the machine that is measured on, and its load beforehand. */
export function machine() {
  return {
    processor: cpus()[0].model.trim(),
    cores: availableParallelism(),
    node: process.version,
    load: loadavg()[0],
  };
}
