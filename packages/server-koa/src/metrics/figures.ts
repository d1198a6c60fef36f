import { Counter, Gauge, Histogram } from "prom-client";
import type { Registry } from "prom-client";

/** Upper bounds in seconds: from a text that is embedded to pictures that take minutes. */
const seconds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600];

/** Upper bounds of tokens and rows. */
const powersOfTwo = Array.from({ length: 17 }, (_, i) => 2 ** i);

/** Makes the figures of one registry, whose names begin with one prefix. */
export class Figures {
  readonly #register: Registry;
  readonly #prefix: string;

  constructor(register: Registry, prefix: string) {
    this.#register = register;
    this.#prefix = prefix;
  }

  counter<Label extends string>(
    name: string,
    help: string,
    labels: readonly Label[] = [],
  ): Counter<Label> {
    return new Counter(this.#facts(name, help, labels));
  }

  /** `collect` sets the gauge each time that it is read. */
  gauge<Label extends string>(
    name: string,
    help: string,
    labels: readonly Label[],
    collect: (gauge: Gauge<Label>) => void | Promise<void>,
  ): void {
    new Gauge({
      ...this.#facts(name, help, labels),
      collect(): void | Promise<void> {
        const gauge = this as unknown as Gauge<Label>;
        gauge.reset();
        return collect(gauge);
      },
    });
  }

  /** A histogram of seconds. */
  durations<Label extends string>(
    name: string,
    help: string,
    labels: readonly Label[],
  ): Histogram<Label> {
    return new Histogram({ ...this.#facts(name, help, labels), buckets: [...seconds] });
  }

  /** A histogram of tokens or rows. */
  amounts<Label extends string>(
    name: string,
    help: string,
    labels: readonly Label[],
  ): Histogram<Label> {
    return new Histogram({ ...this.#facts(name, help, labels), buckets: [...powersOfTwo] });
  }

  #facts<Label extends string>(name: string, help: string, labels: readonly Label[]) {
    const registers = [this.#register];
    return { name: `${this.#prefix}_${name}`, help, labelNames: [...labels], registers };
  }
}
