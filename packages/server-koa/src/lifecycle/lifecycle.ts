import type { Route } from "../routes/route.ts";
import { listCached, listCachedFiles, removeCachedModel } from "./cached-models.ts";
import type { CacheOptions } from "./cached-models.ts";
import { changeModel } from "./change-model.ts";
import type { ChangeOptions } from "./change-model.ts";
import { clusterAuth } from "./cluster.ts";
import { listInstances } from "./instances.ts";
import type { InstanceOptions } from "./instances.ts";
import { launchModel } from "./launch-model.ts";
import { launchProgress } from "./launch-progress.ts";
import {
  getRegistration,
  listRegistrations,
  registerModel,
  unregisterModel,
} from "./registrations.ts";
import type { RegistrationOptions } from "./registrations.ts";
import { addReplica, listReplicas, removeReplica } from "./replicas.ts";
import { cancelLaunch, unloadModel } from "./unload-model.ts";

/** The routes that launch, change, unload and register models, as Xinference's clients call them. */
export function lifecycleRoutes(
  surroundings: Omit<ChangeOptions, "loading"> &
    InstanceOptions &
    CacheOptions &
    RegistrationOptions & {
      /** Whether the server has keys. */
      readonly hasKeys: boolean;
    },
): readonly Route[] {
  const options = { ...surroundings, loading: new Map() };
  const [models, model] = ["/v1/models", "/v1/models/*id"];
  const registrations = "/v1/model_registrations/:type";
  const cache = "/v1/cache/models";
  return [
    {
      method: "GET",
      path: "/v1/cluster/auth",
      handler: clusterAuth(surroundings.hasKeys),
      isOpen: true,
    },
    { method: "GET", path: `${models}/instances`, handler: listInstances(options) },
    { method: "GET", path: `${model}/progress`, handler: launchProgress(options) },
    { method: "GET", path: `${model}/replicas`, handler: listReplicas(options) },
    { method: "GET", path: registrations, handler: listRegistrations(options) },
    { method: "GET", path: `${registrations}/*name`, handler: getRegistration(options) },
    ...[
      { method: "POST", path: models, handler: launchModel(options) } as const,
      { method: "POST", path: `${model}/cancel`, handler: cancelLaunch(options) } as const,
      { method: "POST", path: `${model}/replicas`, handler: addReplica(options) } as const,
      {
        method: "DELETE",
        path: `${model}/replicas/:replica`,
        handler: removeReplica(options),
      } as const,
      { method: "PATCH", path: model, handler: changeModel(options) } as const,
      { method: "DELETE", path: model, handler: unloadModel(options) } as const,
      { method: "GET", path: cache, handler: listCached(options) } as const,
      { method: "GET", path: `${cache}/files`, handler: listCachedFiles(options) } as const,
      { method: "DELETE", path: cache, handler: removeCachedModel(options) } as const,
      { method: "POST", path: registrations, handler: registerModel(options) } as const,
      {
        method: "DELETE",
        path: `${registrations}/*name`,
        handler: unregisterModel(options),
      } as const,
    ].map((route) => ({ ...route, isAdmin: true })),
  ];
}
