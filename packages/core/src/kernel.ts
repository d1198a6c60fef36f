import { tracing } from "./tracing.ts";
import type { TaskEvent } from "./tracing.ts";
import type { Surroundings } from "./catalog/load-model.ts";
import type { Device } from "./device.ts";
import { closeAll } from "./shared/dispose.ts";
import type { Endpoint } from "./endpoint.ts";
import { KernelError } from "./errors.ts";
import { folderSource } from "./sources/folder-source.ts";
import type { KernelOptions } from "./kernel-options.ts";
import type { Launch, LaunchChanges } from "./launch.ts";
import type { LaunchPlan } from "./launch-plan.ts";
import { silent } from "./logger.ts";
import type { ModelInfo } from "./model-info.ts";
import type { LoadProgress } from "./model-source.ts";
import { Catalog } from "./catalog/catalog.ts";
import { checkKernelOptions } from "./check-kernel-options.ts";
import { checkTask } from "./catalog/check-task.ts";
import { launchesWithin } from "./catalog/launches-within.ts";
import type { Launching } from "./catalog/launches-within.ts";
import type { Call, CallState } from "./pipeline.ts";
import type { Plugin } from "./plugin.ts";
import { DeviceMemory } from "./memory/device-memory.ts";
import { budgetAllocator } from "./devices/budget-allocator.ts";
import { processRuntime } from "./runtime/process-runtime.ts";
import { createContainer } from "./plugins/container.ts";
import type { Services } from "./plugins/container.ts";
import type { EventOf, InputOf, OutputOf, Task } from "./task.ts";
import { StageClock } from "./usage.ts";
import type { Counts, Stage } from "./usage.ts";
import { deviceAllocator, graphRuntime, logger, modelSource, provide } from "./services.ts";

/** Serves the models of its plugins' families. Disposing it closes every model and every service; later calls are CLOSED. */
export interface Kernel extends AsyncDisposable {
  readonly plugins: readonly Plugin[];
  readonly endpoints: readonly Endpoint[];
  /** The devices that models are placed on. */
  readonly devices: readonly Device[];
  /** Facts about every launched model, in the order of launching. */
  models(): readonly ModelInfo[];
  /**
   * The model that a request means. Without an id: the only one that does the task and is ready, or while none is ready, the
   * only one. Without a task: the one of that id, whatever its task. INVALID_INPUT on `model` when none or several could
   * be meant; MODEL_NOT_FOUND, TASK_MISMATCH.
   */
  model(task: Task | undefined, id?: string): ModelInfo;
  /**
   * Runs a task on the model that `model(task, id)` gives. The request is checked before it queues, so that one which can
   * only fail is told at once. Rejects with a `KernelError`: INVALID_INPUT, MODEL_NOT_FOUND, TASK_MISMATCH as `model`
   * does; INVALID_INPUT or UNSUPPORTED on an input's field; LOAD_FAILED, DEVICE_EXHAUSTED or PLUGIN_INVALID, why a model
   * is failed; LOAD_FAILED for a graph that does not open; OVERLOADED, ABORTED, CLOSED, GRAPH_FAILED.
   */
  run<T extends Task>(
    task: T,
    model: string | undefined,
    input: InputOf<T>,
    call?: Partial<Call<EventOf<T>>>,
  ): Promise<OutputOf<T>>;
  /**
   * Launches a model and declares its graphs; `warm` also opens as many of them as there is room for. Launching the same
   * again shares it, or tries a failed one anew. `replace` loads it beside the model of its id, and then has it take that one's place, which
   * is unloaded once it has answered the requests that it has; a load that fails leaves that one as it is. The signal ends the waiting; the model goes on loading until it is
   * unloaded. Rejects with a `KernelError`: INVALID_INPUT when it is no launch or another has the id, MODEL_NOT_FOUND when an `optional` one
   * leads to nothing, LOAD_FAILED, DEVICE_EXHAUSTED when it can never fit, PLUGIN_INVALID when nobody provides what its family needs,
   * ABORTED, CLOSED.
   */
  load(
    launch: Launch,
    call?: Partial<Call<LoadProgress>> & { readonly warm?: boolean; readonly replace?: boolean },
  ): Promise<ModelInfo>;
  /**
   * Says what launching a model would take: its family, its files, the bytes still to be fetched, the memory. Nothing is
   * launched, and no more is fetched than small JSON files. Rejects as `load` does, but for DEVICE_EXHAUSTED: see `LaunchPlan.reason`.
   */
  plan(launch: Launch, call?: Partial<Call<LoadProgress>>): Promise<LaunchPlan>;
  /**
   * Changes what of a launch can be changed while its model is loading or served. Launching it again as it was launched shares it
   * all the same, and does not undo the changes. Throws MODEL_NOT_FOUND, INVALID_INPUT, CLOSED.
   */
  update(id: string, changes: LaunchChanges): ModelInfo;
  /**
   * Closes a model and forgets it: runs under way finish, waiting requests get CLOSED. With `drain` they are answered first, while new
   * ones are MODEL_NOT_FOUND. Rejects with MODEL_NOT_FOUND or CLOSED.
   */
  unload(id: string, options?: { readonly drain?: boolean }): Promise<void>;
}

const KEEP_ALIVE_SECONDS = 300;

/**
 * Makes a kernel and launches `models`, opening no graph. A model that cannot be served is "failed" with its reason, and
 * the others work; one that is slow to load is "loading". Rejects with PLUGIN_INVALID when the plugins do not fit together, with INVALID_INPUT when `models` has what is
 * no launch, or two launches of one id.
 */
export async function createKernel(options: KernelOptions): Promise<Kernel> {
  checkKernelOptions(options);
  const { plugins } = options;
  const services = createContainer({
    defaults: [
      provide(logger, () => silent),
      provide(modelSource, () => folderSource),
      provide(deviceAllocator, () => budgetAllocator()),
      provide(graphRuntime, () => processRuntime()),
    ],
    plugins: plugins.flatMap(({ provides = [] }) => provides),
    application: options.provides ?? [],
    parent: options.container,
  });
  const around: Surroundings = {
    families: plugins.flatMap(({ families = [] }) => families),
    services,
    memoryOf: DeviceMemory.finder(services.get(deviceAllocator)),
    keepAlive: options.keepAlive ?? KEEP_ALIVE_SECONDS,
  };
  const { aliases, onDemand } = options;
  const catalog = new Catalog(around, { aliases, onDemand });
  let closing: Promise<void> | undefined;
  const refuseIfClosing = () => {
    if (closing)
      throw new KernelError(
        "CLOSED",
        "The kernel is closing. Ask another server, or start it anew.",
      );
  };

  const launching = (options.models ?? []).map((launch): Launching => {
    return { id: launch.id, loaded: catalog.launch(launch, fullCall(services)) };
  });
  await launchesWithin(options.maxWait ?? 10, launching, services.get(logger));
  return {
    plugins,
    // An endpoint that several plugins bring is one.
    endpoints: [...new Set(plugins.flatMap(({ endpoints = [] }) => endpoints))],
    devices: services.get(deviceAllocator).devices,
    models: () => catalog.infos,
    model(task, id) {
      if (task !== undefined) checkTask(task);
      return catalog.infoOf(catalog.find(task, id));
    },
    async run(task, model, input, call = {}) {
      refuseIfClosing();
      checkTask(task);
      const clock = new StageClock();
      const full = fullCall(services, call, clock);
      const { id, caller } = call;
      const event: TaskEvent = { task: task.name, model, id, caller };
      let counts: Counts = {};
      const work = async () => {
        try {
          return await catalog.run(task, model, full, async (loaded) => {
            clock.enter("prepare");
            event.launch = loaded.memory.id;
            const output = await loaded.lane(task).run(input, full);
            counts = loaded.counts(task, output);
            return output;
          });
        } finally {
          event.usage = { ...counts, milliseconds: clock.times };
          full.onUsage?.(event.usage);
        }
      };
      return tracing.taskRun.tracePromise(work, event);
    },
    async load(launch, call = {}) {
      refuseIfClosing();
      const full = fullCall(services, call);
      const model = await (call.replace
        ? catalog.replace(launch, full)
        : catalog.launch(launch, full));
      if (call.warm) await model.memory.warm(full.signal);
      return catalog.infoOf(model);
    },
    async plan(launch, call = {}) {
      refuseIfClosing();
      return catalog.plan(launch, fullCall(services, call));
    },
    update(id, changes) {
      refuseIfClosing();
      return catalog.infoOf(catalog.update(id, changes));
    },
    async unload(id, options) {
      refuseIfClosing();
      await catalog.remove(id, options);
    },
    [Symbol.asyncDispose]() {
      closing ??= closeAll([() => catalog.close(), () => services[Symbol.asyncDispose]()]);
      return closing;
    },
  };
}

const stages: ReadonlyMap<CallState["state"], Stage> = new Map([
  ["loading", "load"],
  ["queued", "queue"],
  ["running", "run"],
]);

/** A listener that throws ends nothing: its error is logged. `clock` enters the stages of the call's states. */
function fullCall<Event>(
  services: Services,
  call: Partial<Call<Event>> = {},
  clock?: StageClock,
): Call<Event> {
  const heard = (listen: () => void) => {
    try {
      listen();
    } catch (error) {
      services.get(logger).error({ error }, "A listener of a call failed.");
    }
  };
  return {
    id: call.id,
    caller: call.caller,
    keepAlive: call.keepAlive,
    signal: call.signal ?? new AbortController().signal,
    onEvent: (event) => heard(() => call.onEvent?.(event)),
    onState(state) {
      clock?.enter(stages.get(state.state)!);
      heard(() => call.onState?.(state));
    },
    onUsage: (usage) => heard(() => call.onUsage?.(usage)),
  };
}
