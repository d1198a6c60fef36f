import type { DiffusionLimits } from "@kindred/plugin-diffusion";
import type { LimitOptions, ServeOptions } from "@kindred/server-koa";
import type { Effective } from "./configuration/config.ts";

/** The options of `serve` of @kindred/server-koa that settings alone say. Settings have seconds where it has milliseconds. */
export function serverOptions(settings: Effective): ServeOptions {
  const { host, port, trustProxy, playground, ready, corsOrigins, allowedHosts } = settings;
  const { bodyTimeout, drainDelay, deadline, connections } = settings;
  const { max, maxRequests } = connections;
  return {
    ...given({ host, port, trustProxy, playground, ready }),
    ...given({ origins: corsOrigins, hosts: allowedHosts, logPrompts: settings.log.prompts }),
    ...inMilliseconds({ bodyTimeout, drainDelay, deadline }),
    connections: {
      ...given({ max, maxRequests }),
      ...inMilliseconds({
        headersTimeout: connections.headersTimeout,
        replyTimeout: connections.replyTimeout,
        keepAliveTimeout: connections.keepAliveTimeout,
      }),
    },
  };
}

/** The bounds of bodies, and how much may be asked for. */
export function limitsOf({ limits }: Effective): LimitOptions {
  const { requestsPerMinute, tokensPerMinute, picturesAtOnce, picturesPerRequest } = limits;
  const { perKey, json, form, all, ratio, encodings } = limits;
  return {
    ...given({ requestsPerMinute, tokensPerMinute, picturesAtOnce, picturesPerRequest }),
    ...given({ perKey, json, form, all, ratio, encodings }),
  };
}

/** The limits of pictures. */
export function pictureLimits({ limits }: Effective): Partial<DiffusionLimits> {
  const { maxSide, maxPixelSteps, maxUploadPixels, maxUploadBytes, maxUpscaledPixels } = limits;
  return given({ maxSide, maxPixelSteps, maxUploadPixels, maxUploadBytes, maxUpscaledPixels });
}

type Given<T> = { [Name in keyof T]?: Exclude<T[Name], undefined> };

/** What is set. An option that is undefined is none to its receiver. */
function given<T extends object>(values: T): Given<T> {
  return Object.fromEntries(
    Object.entries(values).filter(([, value]) => value !== undefined),
  ) as Given<T>;
}

function inMilliseconds<T extends Readonly<Record<string, number | undefined>>>(
  seconds: T,
): Given<T> {
  const times = Object.entries(given(seconds)) as [string, number][];
  return Object.fromEntries(times.map(([name, time]) => [name, time * 1000])) as Given<T>;
}
