import { BatchedLane } from "./batched-lane.ts";
import type { Kinship } from "./kinship.ts";
import type { Lane, LaneOptions } from "./lane.ts";
import type { Launch } from "./launch.ts";
import type { ModelInfo } from "./model-info.ts";
import type { Pipeline } from "./pipeline.ts";
import type { Resident } from "./resident.ts";
import { SingleLane } from "./single-lane.ts";

/** Requests that may wait for a model. */
const MOST_WAITING = { single: 32, batched: 1024 };

/** A declared model: its pipeline, the lane in front of it, and its place in memory. */
export class Serving {
  readonly kinship: Kinship;
  readonly lane: Lane;
  readonly resident: Resident;
  readonly #id: string;
  readonly #pipeline: Pipeline<any, any, any>;

  constructor(
    kinship: Kinship,
    launch: Launch,
    pipeline: Pipeline<any, any, any>,
    resident: Resident,
  ) {
    this.kinship = kinship;
    this.resident = resident;
    this.#id = launch.id;
    this.#pipeline = pipeline;
    this.lane = laneFor(pipeline, resident);
  }

  get info(): ModelInfo {
    const { family } = this.kinship;
    return {
      id: this.#id,
      family: family.name,
      task: family.task.name,
      state: "ready",
      waiting: this.lane.waiting,
      ...this.resident.info,
      ...(this.#pipeline.info && { info: this.#pipeline.info }),
    };
  }

  /** Runs under way finish; who waits gets CLOSED. */
  async close(): Promise<void> {
    await this.lane.close();
    await this.resident.leave();
    await this.#pipeline[Symbol.asyncDispose]?.();
  }
}

function laneFor(pipeline: Pipeline<any, any, any>, resident: Resident): Lane {
  const options = (most: number): LaneOptions => ({
    model: resident.id,
    replicas: resident.replicas,
    most,
    turn: (signal, work) => resident.turn(signal, work),
  });
  return "runItems" in pipeline
    ? new BatchedLane(pipeline, options(MOST_WAITING.batched))
    : new SingleLane(pipeline, options(MOST_WAITING.single));
}
