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
  listCachedFilesOperation,
  listCachedOperation,
  removeCachedOperation,
} from "./cache-operations.ts";
import {
  addReplicaOperation,
  cancelLaunchOperation,
  changeModelOperation,
  clusterAuthOperation,
  launchModelOperation,
  launchProgressOperation,
  listInstancesOperation,
  listReplicasOperation,
  removeReplicaOperation,
  unloadModelOperation,
} from "./launch-operations.ts";
import {
  getRegistrationOperation,
  listRegistrationsOperation,
  registerModelOperation,
  unregisterModelOperation,
} from "./registration-operations.ts";
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
      operation: clusterAuthOperation,
      isOpen: true,
    },
    {
      method: "GET",
      path: `${models}/instances`,
      handler: listInstances(options),
      operation: listInstancesOperation,
    },
    {
      method: "GET",
      path: `${model}/progress`,
      handler: launchProgress(options),
      operation: launchProgressOperation,
    },
    {
      method: "GET",
      path: `${model}/replicas`,
      handler: listReplicas(options),
      operation: listReplicasOperation,
    },
    {
      method: "GET",
      path: registrations,
      handler: listRegistrations(options),
      operation: listRegistrationsOperation,
    },
    {
      method: "GET",
      path: `${registrations}/*name`,
      handler: getRegistration(options),
      operation: getRegistrationOperation,
    },
    ...[
      {
        method: "POST",
        path: models,
        handler: launchModel(options),
        operation: launchModelOperation,
      } as const,
      {
        method: "POST",
        path: `${model}/cancel`,
        handler: cancelLaunch(options),
        operation: cancelLaunchOperation,
      } as const,
      {
        method: "POST",
        path: `${model}/replicas`,
        handler: addReplica(options),
        operation: addReplicaOperation,
      } as const,
      {
        method: "DELETE",
        path: `${model}/replicas/:replica`,
        handler: removeReplica(options),
        operation: removeReplicaOperation,
      } as const,
      {
        method: "PATCH",
        path: model,
        handler: changeModel(options),
        operation: changeModelOperation,
      } as const,
      {
        method: "DELETE",
        path: model,
        handler: unloadModel(options),
        operation: unloadModelOperation,
      } as const,
      {
        method: "GET",
        path: cache,
        handler: listCached(options),
        operation: listCachedOperation,
      } as const,
      {
        method: "GET",
        path: `${cache}/files`,
        handler: listCachedFiles(options),
        operation: listCachedFilesOperation,
      } as const,
      {
        method: "DELETE",
        path: cache,
        handler: removeCachedModel(options),
        operation: removeCachedOperation,
      } as const,
      {
        method: "POST",
        path: registrations,
        handler: registerModel(options),
        operation: registerModelOperation,
      } as const,
      {
        method: "DELETE",
        path: `${registrations}/*name`,
        handler: unregisterModel(options),
        operation: unregisterModelOperation,
      } as const,
    ].map((route) => ({ ...route, isAdmin: true })),
  ];
}
