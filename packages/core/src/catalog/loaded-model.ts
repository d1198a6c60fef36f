import { BatchedLane } from "../lanes/batched-lane.ts";
import { closeAll, disposeAll } from "../shared/dispose.ts";
import type { FamilyChoice } from "./choose-family.ts";
import type { Lane, LaneOptions } from "../lanes/lane.ts";
import type { ModelInfo } from "../model-info.ts";
import type { Pipeline } from "../pipeline.ts";
import type { ModelMemory } from "../memory/model-memory.ts";
import { SingleLane } from "../lanes/single-lane.ts";

/** Requests that may wait for a model. */
const waiting = { single: 32, batched: 1024 };

export interface LoadedModelOptions {
  /** Its launch's. */
  readonly source: string;
  readonly choice: FamilyChoice;
  readonly pipeline: Pipeline<any, any, any>;
  readonly memory: ModelMemory;
  /** Resources that the pipeline holds beside its graphs. */
  readonly resources: readonly unknown[];
}

/** A declared model: its pipeline, the lane in front of it, and its place in memory. */
export class LoadedModel {
  readonly choice: FamilyChoice;
  readonly lane: Lane;
  readonly memory: ModelMemory;
  readonly #pipeline: Pipeline<any, any, any>;
  readonly #resources: readonly unknown[];
  readonly #source: string;

  constructor({ source, choice, pipeline, memory, resources }: LoadedModelOptions) {
    this.#source = source;
    this.choice = choice;
    this.memory = memory;
    this.#pipeline = pipeline;
    this.#resources = resources;
    this.lane = laneFor(pipeline, memory);
  }

  get info(): ModelInfo {
    const { family } = this.choice;
    return {
      id: this.memory.id,
      source: this.#source,
      family: family.name,
      task: family.task.name,
      state: "ready",
      waiting: this.lane.waiting,
      ...this.memory.info,
      ...(this.#pipeline.info && { info: this.#pipeline.info }),
    };
  }

  /** Closes it: runs under way finish, waiting requests get CLOSED. */
  async close(): Promise<void> {
    await closeAll([
      () => this.lane.close(),
      () => this.memory.close(),
      () => disposeAll(this.#resources),
    ]);
  }
}

function laneFor(pipeline: Pipeline<any, any, any>, memory: ModelMemory): Lane {
  const options = (maxWaiting: number): LaneOptions => ({
    model: memory.id,
    replicas: memory.replicas,
    maxWaiting,
    turn: (signal, work) => memory.turn(signal, work),
  });
  return "runItems" in pipeline
    ? new BatchedLane(pipeline, options(waiting.batched))
    : new SingleLane(pipeline, options(waiting.single));
}
