import { setMaxListeners } from "node:events";
import Router from "@koa/router";
import { silent, unfailingLogger } from "@kindred/core";
import type { Kernel, Logger } from "@kindred/core";
import type Koa from "koa";
import { accessOf } from "./access/access.ts";
import type { AccessOptions } from "./access/access.ts";
import { abortRequest } from "./routes/abort-request.ts";
import { answer } from "./answer/answer.ts";
import { Backlog } from "./answer/backlog.ts";
import { bodyReader } from "./body/read-body.ts";
import { timelyBody } from "./body/timely-body.ts";
import { exchange } from "./exchange.ts";
import type { Handler } from "./exchange.ts";
import { fileKeeper, getFile, routesUrl } from "./files/routes.ts";
import type { FilesOptions } from "./files/routes.ts";
import { listEndpoints } from "./routes/endpoints.ts";
import { getModel, listModels } from "./routes/models.ts";
import type { PendingEvent } from "./answer/event-queue.ts";
import { checkMilliseconds } from "./milliseconds.ts";
import { ApiKeys } from "./keys/api-keys.ts";
import { authenticate } from "./keys/authenticate.ts";
import { adminRule } from "./lifecycle/admin-rule.ts";
import { lifecycleRoutes } from "./lifecycle/lifecycle.ts";
import type { LifecycleOptions } from "./lifecycle/lifecycle-options.ts";
import { limited } from "./limits/limited.ts";
import { Limits } from "./limits/limits.ts";
import type { LimitOptions } from "./limits/limits.ts";
import { normalPrefix } from "./prefix.ts";
import { endpointOperation } from "./openapi/endpoint-operation.ts";
import type { DescribedRoute } from "./openapi/operation.ts";
import { documentRoute } from "./openapi/show-document.ts";
import {
  abortRequestOperation,
  getFileOperation,
  getModelOperation,
  listEndpointsOperation,
  listModelsOperation,
  requestProgressOperation,
} from "./routes/operations.ts";
import { requestProgress } from "./routes/request-progress.ts";
import { methodsOf } from "./routes/route.ts";
import type { Route } from "./routes/route.ts";
import { RunningRequests } from "./running-requests.ts";
import { withoutServerPaths } from "./server-paths.ts";

/**
 * Options of the routes. `keys` say who asks. Without them, a middleware before the routes may put a string into `ctx.state.caller`
 * that names who asks. Either becomes the `caller` of the kernel's `Call`, whose `id` is the request id, and a caller follows and aborts its own requests alone, unless
 * `ctx.state.isAdmin` is true.
 */
export interface OpenAIOptions extends AccessOptions {
  /**
   * The path under which the routes lie, unless the application strips it: "/ai" serves /ai/v1/models. "ai" and "/ai/" mean the
   * same, "/" means "". TypeError for what is not a path of letters, digits and . _ ~ - alone. Default "".
   */
  readonly prefix?: string;
  /**
   * Bounds of bodies, and how much may be asked for: requests and tokens a minute, pictures at once and of one request, of all callers
   * together and of each. `new Limits(options)` can be exchanged while the server runs. TypeError for a limit that is none. Default: 32 MiB of JSON, 64 MiB
   * of a form, a quarter of the heap for all bodies together, and as much as is asked for.
   */
  readonly limits?: LimitOptions | Limits;
  /**
   * Milliseconds in which a body must come on, by 500 bytes a second on average. One that stops is answered 408, and its connection
   * is closed. `Infinity` is no bound. Default 30,000.
   */
  readonly bodyTimeout?: number;
  /** Gets one line for each request, and the errors that are the server's own. Default: silent. */
  readonly logger?: Logger;
  /**
   * Has the line of a request say the text that it brings, a prompt or what is embedded, as `text`: up to 2,000 characters. Default false.
   */
  readonly logPrompts?: boolean;
  /** Keeps files of replies. Default: none are kept, and `response_format: "url"` is refused. */
  readonly files?: FilesOptions;
  /** Aborts all requests, with its reason. Default: none does. */
  readonly signal?: AbortSignal;
  /**
   * The keys that open the routes: a request without one of them is answered 401. Files of replies, which have unguessable names, need none. Default: anybody may
   * ask. TypeError for what is no `ApiKeys`.
   */
  readonly keys?: ApiKeys;
  /** Adds the routes that launch, change, unload and register models, as Xinference's clients call them. Default: there are none. */
  readonly lifecycle?: LifecycleOptions;
}

/** Bytes of events that may wait for all slow readers together. */
const maxBacklogBytes = 32 << 20;

/** Serves a kernel's endpoints, models, running requests and files. Other paths go on to the next middleware. */
export function openai(kernel: Kernel, options: OpenAIOptions = {}): Koa.Middleware {
  return openaiBeside(kernel, options, []);
}

/** The same, whose OpenAPI document also has routes that the application answers beside these. */
export function openaiBeside(
  kernel: Kernel,
  options: OpenAIOptions,
  beside: readonly DescribedRoute[],
): Koa.Middleware {
  checkArguments(kernel, options);
  const { bodyTimeout = 30_000, files, signal, keys } = options;
  checkMilliseconds("bodyTimeout", bodyTimeout);
  const limits = options.limits instanceof Limits ? options.limits : new Limits(options.limits);
  const logger = unfailingLogger(options.logger ?? silent);
  const prefix = normalPrefix(options.prefix ?? "");
  // Every request listens until it is answered. However many listen, it is no leak.
  if (signal) setMaxListeners(0, signal);
  const forClients = withoutServerPaths(kernel);
  const { lifecycle } = options;
  const rule = adminRule({ allow: lifecycle?.allow, keys });
  const shown = { kernel, created: Math.floor(Date.now() / 1000), forClients, lifecycle };
  const requests = new RunningRequests();
  const codec = {
    kernel,
    requests,
    readBody: timelyBody(bodyReader(limits), bodyTimeout),
    logsPrompts: options.logPrompts ?? false,
    keepsFiles: files !== undefined,
    keepFile: fileKeeper(files, prefix),
    backlog: new Backlog<PendingEvent>(maxBacklogBytes),
  };
  const { readBody } = codec;
  const administration = { allow: rule.allows, hasKeys: keys !== undefined, readBody, logger };
  const routes: Route[] = [
    // Before those whose paths hold any id.
    ...(lifecycle ? lifecycleRoutes({ ...shown, ...lifecycle, ...administration }) : []),
    {
      method: "GET",
      path: "/v1/models",
      handler: listModels(shown),
      operation: listModelsOperation,
    },
    {
      method: "GET",
      path: "/v1/endpoints",
      handler: listEndpoints(kernel),
      operation: listEndpointsOperation,
    },
    {
      method: "GET",
      path: "/v1/models/*id",
      handler: getModel(shown),
      operation: getModelOperation,
    },
    {
      method: "POST",
      path: "/v1/models/*id/requests/:request/abort",
      handler: abortRequest(codec),
      operation: abortRequestOperation,
    },
    {
      method: "GET",
      path: "/v1/requests/:request/progress",
      handler: requestProgress(requests),
      operation: requestProgressOperation,
    },
    {
      method: "GET",
      path: "/v1/files/:name",
      handler: getFile(files?.store),
      operation: getFileOperation,
      isOpen: true,
    },
    ...kernel.endpoints.map((endpoint): Route => ({
      method: "POST",
      path: endpoint.path,
      handler: limited(answer(endpoint, codec), limits),
      operation: endpointOperation(endpoint),
    })),
  ];
  const urlFor = routesUrl(files, prefix);
  routes.push(
    documentRoute({ routes: [...routes], beside, hasKeys: keys !== undefined, prefix, urlFor }),
  );
  const access = accessOf(options, files?.publicUrl);
  // Whatever pages of other sites may ask for, they launch nothing; nor do those whose own name leads to this machine.
  const named = (options.hosts ?? []).filter((host) => host !== "*");
  const hosts = lifecycle?.allow || keys?.hasAdmin ? {} : { hosts: named };
  const adminAccess = accessOf({ ...options, origins: [], ...hosts }, files?.publicUrl);
  const { resourcePolicy } = access;
  const checked = ({ path, handler, isAdmin, isOpen }: Checked): Koa.Middleware =>
    exchange(
      (ctx, each) => {
        ctx.state["route"] = path;
        (isAdmin ? adminAccess : access).check(ctx);
        if (keys && !isOpen) authenticate(ctx, keys);
        if (isAdmin) rule.check(ctx);
        return handler(ctx, each);
      },
      { logger, signal, resourcePolicy, forClients },
    );
  const router = new Router({ prefix });
  const permitted = routes.filter(({ isAdmin }) => !isAdmin);
  const permits = (path: string): readonly Koa.Middleware[] =>
    access.crossOrigin(methodsOf(permitted, path));
  for (const route of routes) {
    const { method, path, isAdmin } = route;
    const permit = isAdmin ? [] : permits(path);
    router.register(path, [method], [...permit, checked(route)]);
  }
  for (const path of new Set(routes.map((each) => each.path))) {
    router.all(
      path,
      ...permits(path),
      checked({ path, handler: only(methodsOf(routes, path)), isOpen: true }),
    );
  }
  return router.routes() as unknown as Koa.Middleware;
}

/** What of a route is checked before its handler runs. */
type Checked = Omit<Route, "method" | "operation">;

/** By their types, so that none is forgotten here. */
const known: Readonly<Record<keyof OpenAIOptions, true>> = {
  prefix: true,
  limits: true,
  bodyTimeout: true,
  logger: true,
  logPrompts: true,
  files: true,
  signal: true,
  keys: true,
  lifecycle: true,
  origins: true,
  hosts: true,
};

/** Refuses what callers without types pass. */
function checkArguments(kernel: Partial<Kernel> | undefined, options: object): void {
  if (!Array.isArray(kernel?.endpoints)) {
    throw new TypeError("openai(kernel) needs the kernel that createKernel resolves to.");
  }
  if (typeof options !== "object") {
    throw new TypeError(`openai(kernel, options) needs an object, not ${JSON.stringify(options)}.`);
  }
  const { keys } = options as OpenAIOptions;
  if (keys !== undefined && !(keys instanceof ApiKeys)) {
    throw new TypeError("openai(kernel, { keys }) needs new ApiKeys([{ name, key }]).");
  }
  const unknown = Object.keys(options).find((name) => !Object.hasOwn(known, name));
  if (unknown === undefined) return;
  const names = Object.keys(known).join(", ");
  throw new TypeError(`openai(kernel, options) has no option "${unknown}". Options are ${names}.`);
}

function only(methods: readonly string[]): Handler {
  const allow = methods.join(", ");
  return (ctx) => {
    ctx.throw(405, `${ctx.path} takes ${allow}, not ${ctx.method}.`, { headers: { allow } });
  };
}
