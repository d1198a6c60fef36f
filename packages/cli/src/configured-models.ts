import { isDeepStrictEqual } from "node:util";
import type { Kernel, Launch, LaunchChanges, Logger } from "@kindred/core";

/** The models that the configuration lists, as a server runs them. What else is launched is none of theirs. */
export class ConfiguredModels {
  readonly #kernel: Pick<Kernel, "models" | "load" | "update" | "unload">;
  readonly #logger: Logger;
  /** As they were launched last. */
  readonly #launched: Map<string, Launch>;
  /** The last change of each id, after which the next begins. */
  readonly #changes = new Map<string, Promise<void>>();

  constructor(
    kernel: Pick<Kernel, "models" | "load" | "update" | "unload">,
    launches: readonly Launch[],
    logger: Logger,
  ) {
    this.#kernel = kernel;
    this.#logger = logger;
    this.#launched = new Map(launches.map((launch) => [launch.id, launch]));
  }

  /**
   * Launches what is new, unloads what is gone, and has the others changed. Requests that a model has are answered by it, and a launch that fails
   * leaves a model as it was. Resolves once the models are changed.
   */
  async change(launches: readonly Launch[]): Promise<void> {
    const wanted = new Map(launches.map((launch) => [launch.id, launch]));
    const ids = new Set([...wanted.keys(), ...this.#launched.keys()]);
    await Promise.all(
      [...ids].map((id) => {
        const before = this.#changes.get(id) ?? Promise.resolve();
        const change = before.then(() => this.#change(id, wanted.get(id)));
        this.#changes.set(id, change);
        return change;
      }),
    );
  }

  async #change(id: string, wanted: Launch | undefined): Promise<void> {
    const known = this.#launched.get(id);
    const running = this.#kernel.models().find((model) => model.id === id);
    if (isDeepStrictEqual(known, wanted) && running?.state !== "failed") return;
    const model = { model: id };
    try {
      if (!wanted) {
        this.#launched.delete(id);
        // Its last requests may take long, and hold nothing up.
        if (running) void this.#kernel.unload(id, { drain: true }).catch(this.#failed(id));
        return this.#logger.info(model, "a model is unloaded");
      }
      if (!known && running && !running.onDemand)
        throw new Error("A model of that id is launched over HTTP. Unload it, or use another id.");
      const changes = running && known && changesOf(known, wanted);
      if (changes) this.#kernel.update(id, changes);
      else await this.#kernel.load(wanted, { replace: true });
      this.#launched.set(id, wanted);
      this.#logger.info(model, known ? "a model is changed" : "a model is launched");
    } catch (error) {
      this.#failed(id)(error);
    }
  }

  #failed(id: string): (error: unknown) => void {
    return (error) => {
      const facts = { model: id, reason: (error as Error).message };
      this.#logger.error(facts, "a model stays as it was");
    };
  }
}

/** The changes between launches that a served model can have; undefined where they differ in more. */
function changesOf(known: Launch, wanted: Launch): LaunchChanges | undefined {
  const { keepAlive: _, replicas: __, ...before } = known;
  const { keepAlive, replicas, ...after } = wanted;
  // What is left out has the kernel's own default, which no change can say.
  const isLess =
    (known.keepAlive !== undefined && keepAlive === undefined) ||
    (known.replicas !== undefined && replicas === undefined);
  if (isLess || !isDeepStrictEqual(before, after)) return undefined;
  return {
    ...(keepAlive !== undefined && { keepAlive }),
    ...(replicas !== undefined && { replicas }),
  };
}
