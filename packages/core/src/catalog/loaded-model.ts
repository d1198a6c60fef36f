import { BatchedLane } from "../lanes/batched-lane.ts";
import { closeAll, disposeAll } from "../shared/dispose.ts";
import type { FamilyChoice } from "./choose-family.ts";
import type { Lane, LaneOptions } from "../lanes/lane.ts";
import type { ModelInfo } from "../model-info.ts";
import type { Pipeline } from "../pipeline.ts";
import type { Resident } from "../memory/resident.ts";
import { SingleLane } from "../lanes/single-lane.ts";

/** Requests that may wait for a model. */
const waiting = { single: 32, batched: 1024 };

export interface LoadedModelOptions {
  readonly choice: FamilyChoice;
  readonly pipeline: Pipeline<any, any, any>;
  readonly resident: Resident;
  /** Resources that the pipeline holds beside its graphs. */
  readonly resources: readonly unknown[];
}

/** A declared model: its pipeline, the lane in front of it, and its place in memory. */
export class LoadedModel {
  readonly choice: FamilyChoice;
  readonly lane: Lane;
  readonly resident: Resident;
  readonly #pipeline: Pipeline<any, any, any>;
  readonly #resources: readonly unknown[];

  constructor({ choice, pipeline, resident, resources }: LoadedModelOptions) {
    this.choice = choice;
    this.resident = resident;
    this.#pipeline = pipeline;
    this.#resources = resources;
    this.lane = laneFor(pipeline, resident);
  }

  get info(): ModelInfo {
    const { family } = this.choice;
    return {
      id: this.resident.id,
      family: family.name,
      task: family.task.name,
      state: "ready",
      waiting: this.lane.waiting,
      ...this.resident.info,
      ...(this.#pipeline.info && { info: this.#pipeline.info }),
    };
  }

  /** Closes it: runs under way finish, waiting requests get CLOSED. */
  async close(): Promise<void> {
    await closeAll([
      () => this.lane.close(),
      () => this.resident.leave(),
      () => disposeAll(this.#resources),
    ]);
  }
}

function laneFor(pipeline: Pipeline<any, any, any>, resident: Resident): Lane {
  const options = (maxWaiting: number): LaneOptions => ({
    model: resident.id,
    replicas: resident.replicas,
    maxWaiting,
    turn: (signal, work) => resident.turn(signal, work),
  });
  return "runItems" in pipeline
    ? new BatchedLane(pipeline, options(waiting.batched))
    : new SingleLane(pipeline, options(waiting.single));
}
