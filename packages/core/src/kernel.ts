import { tracing } from "./tracing.ts";
import type { Surroundings } from "./catalog/load-model.ts";
import { closeAll } from "./shared/dispose.ts";
import type { Endpoint } from "./endpoint.ts";
import { KernelError } from "./errors.ts";
import { folderSource } from "./sources/folder-source.ts";
import type { Launch } from "./launch.ts";
import { silent } from "./logger.ts";
import type { ModelInfo } from "./model-info.ts";
import type { LoadProgress } from "./model-source.ts";
import { Catalog } from "./catalog/catalog.ts";
import type { Call } from "./pipeline.ts";
import { checkPlugins } from "./plugins/check-plugins.ts";
import type { Plugin } from "./plugin.ts";
import { DeviceMemory } from "./memory/device-memory.ts";
import { budgetAllocator } from "./devices/budget-allocator.ts";
import { processRuntime } from "./runtime/process-runtime.ts";
import { createContainer } from "./plugins/container.ts";
import type { EventOf, InputOf, OutputOf, Task } from "./task.ts";
import { deviceAllocator, graphRuntime, logger, modelSource, provide } from "./services.ts";
import type { Provider } from "./services.ts";

export interface KernelOptions {
  /** Their order is their precedence. */
  readonly plugins: readonly Plugin[];
  /** Catalog to declare at once; default: none. */
  readonly models?: readonly Launch[];
  /** Replaces kernel services; outranks the plugins' own `provides`. */
  readonly provides?: readonly Provider[];
  /** An application's own tsyringe container (typed by shape); the kernel works in a child of it. */
  readonly container?: { createChildContainer(): object };
}

export interface Kernel extends AsyncDisposable {
  readonly plugins: readonly Plugin[];
  readonly endpoints: readonly Endpoint[];
  /** What is launched, in the order of launching. */
  models(): readonly ModelInfo[];
  /**
   * The model that a request means. Without an id: the only one of the task that is ready, or while none is ready, the
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
   * Declares a model; `warm` opens as many of its graphs as there is room for. Launching the same again shares it, or
   * tries anew what failed. The signal ends the waiting; the model goes on loading until it is unloaded, and tells its
   * progress to the first who asked. Rejects with a `KernelError`: INVALID_INPUT when another launch has the id,
   * LOAD_FAILED, DEVICE_EXHAUSTED when it can never fit, PLUGIN_INVALID when nobody provides what its family needs,
   * ABORTED, CLOSED.
   */
  load(
    launch: Launch,
    call?: Partial<Call<LoadProgress>> & { readonly warm?: boolean },
  ): Promise<ModelInfo>;
  /** Runs under way finish, those waiting get CLOSED, the model is forgotten. MODEL_NOT_FOUND, CLOSED. */
  unload(id: string): Promise<void>;
}

/**
 * Declares every model of `models` (opening no graph); a model that cannot be served is "failed", with its reason, and
 * the rest work. PLUGIN_INVALID when the plugins do not fit together.
 */
export async function createKernel(options: KernelOptions): Promise<Kernel> {
  const { plugins } = options;
  checkPlugins(plugins);
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
  };
  const models = new Catalog(around);
  let closing: Promise<void> | undefined;
  const refuseIfClosing = () => {
    if (closing)
      throw new KernelError(
        "CLOSED",
        "The kernel is closing. Ask another server, or start it anew.",
      );
  };

  await Promise.allSettled(
    (options.models ?? []).map(async (launch) => models.launch(launch, fullCall())),
  );
  return {
    plugins,
    endpoints: plugins.flatMap(({ endpoints = [] }) => endpoints),
    models: () => models.infos,
    model: (task, id) => models.info(task, id),
    async run(task, model, input, call = {}) {
      refuseIfClosing();
      const work = async () => {
        const full = fullCall(call);
        const { lane } = await models.find(task, model, full);
        return lane.run(input, full);
      };
      return tracing.taskRun.tracePromise(work, {
        task: task.name,
        model,
        id: call.id,
        caller: call.caller,
      });
    },
    async load(launch, { warm = false, ...call } = {}) {
      refuseIfClosing();
      const full = fullCall(call);
      const model = await models.launch(launch, full);
      if (warm) await model.memory.warm(full.signal);
      return model.info;
    },
    async unload(id) {
      refuseIfClosing();
      await models.remove(id);
    },
    [Symbol.asyncDispose]() {
      closing ??= closeAll([() => models.close(), () => services[Symbol.asyncDispose]()]);
      return closing;
    },
  };
}

function fullCall<Event>(call: Partial<Call<Event>> = {}): Call<Event> {
  return { signal: new AbortController().signal, onEvent() {}, ...call };
}
