import { BatchedLane } from "../lanes/batched-lane.ts";
import { closeAll, disposeAll } from "../shared/dispose.ts";
import type { FamilyChoice } from "./choose-family.ts";
import { familyInfo } from "./family-info.ts";
import { sideLanes } from "./side-lanes.ts";
import type { Lane, LaneOptions } from "../lanes/lane.ts";
import type { LaunchChanges } from "../launch.ts";
import type { ModelInfo } from "../model-info.ts";
import type { Pipeline } from "../pipeline.ts";
import type { ModelMemory } from "../memory/model-memory.ts";
import { SingleLane } from "../lanes/single-lane.ts";
import type { Task } from "../task.ts";
import type { Counts } from "../usage.ts";

/** Requests that may wait for a model. */
const waiting = { single: 32, batched: 1024, side: 1024 };

export interface LoadedModelOptions {
  /** Its launch's. */
  readonly source: string;
  readonly choice: FamilyChoice;
  readonly pipeline: Pipeline<any, any, any>;
  readonly memory: ModelMemory;
  /** Resources that the pipeline holds beside its graphs. */
  readonly resources: readonly unknown[];
}

/** A declared model: its pipeline, the lanes in front of it, and its place in memory. */
export class LoadedModel {
  readonly choice: FamilyChoice;
  readonly memory: ModelMemory;
  /** By the names of their tasks; the first is its family's own. */
  readonly #lanes: ReadonlyMap<string, Lane>;
  readonly #pipeline: Pipeline<any, any, any>;
  readonly #resources: readonly unknown[];
  readonly #source: string;

  constructor({ source, choice, pipeline, memory, resources }: LoadedModelOptions) {
    this.#source = source;
    this.choice = choice;
    this.memory = memory;
    this.#pipeline = pipeline;
    this.#resources = resources;
    const own = laneFor(pipeline, memory);
    const beside = sideLanes(choice.family, pipeline, laneOptions(memory, waiting.side));
    this.#lanes = new Map([[choice.family.task.name, own], ...beside]);
  }

  /** The queue of the requests of a task that it does. */
  lane({ name }: Task): Lane {
    return this.#lanes.get(name)!;
  }

  /** What its pipeline counts of an output. Tasks beside its family's own have no counts. */
  counts({ name }: Task, output: unknown): Counts {
    return (name === this.choice.family.task.name && this.#pipeline.usage?.(output)) || {};
  }

  get info(): ModelInfo {
    const { family, checkpoint } = this.choice;
    return {
      id: this.memory.id,
      source: this.#source,
      ...familyInfo(family),
      ...(checkpoint && { checkpoint: checkpoint.name }),
      state: "ready",
      waiting: this.lane(family.task).waiting,
      ...this.memory.info,
      ...(this.#pipeline.info && { info: this.#pipeline.info }),
    };
  }

  /** Changes what of its launch can be changed while it is served. */
  update({ keepAlive, replicas }: LaunchChanges): void {
    if (keepAlive !== undefined) this.memory.keepAlive = keepAlive * 1000;
    if (replicas === undefined) return;
    this.memory.replicas = replicas;
    for (const lane of this.#lanes.values()) lane.resized?.();
  }

  /** Closes it: runs under way finish, waiting requests get CLOSED. */
  async close(): Promise<void> {
    await closeAll([
      ...[...this.#lanes.values()].map((lane) => () => lane.close()),
      () => this.memory.close(),
      () => disposeAll(this.#resources),
    ]);
  }
}

function laneFor(pipeline: Pipeline<any, any, any>, memory: ModelMemory): Lane {
  return "runItems" in pipeline
    ? new BatchedLane(pipeline, laneOptions(memory, waiting.batched))
    : new SingleLane(pipeline, laneOptions(memory, waiting.single));
}

function laneOptions(memory: ModelMemory, maxWaiting: number): LaneOptions {
  return {
    model: memory.id,
    get replicas() {
      return memory.replicas;
    },
    get sideBySide() {
      return memory.sideBySide;
    },
    maxWaiting,
    turn: (signal, work, isBeside) => memory.turn(signal, work, isBeside),
  };
}
