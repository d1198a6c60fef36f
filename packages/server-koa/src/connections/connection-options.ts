import { checkMilliseconds, shown } from "../milliseconds.ts";

/** Bounds on the connections of a server. Times are in milliseconds; `Infinity` is no bound. */
export interface ConnectionOptions {
  /**
   * The most at a time. For one more, the one that is idle for longest is closed; the new one is answered 503 when none is
   * idle for a second. Default 2,048, or half as many as the process may have descriptors, if that is less.
   */
  readonly max?: number;
  /** The most requests of one. The last reply closes it, so that a balancer's clients are spread anew. Default 1,000. */
  readonly maxRequests?: number;
  /** Time for a request's headers. A slower client is answered 408. Default 20,000. */
  readonly headersTimeout?: number;
  /**
   * Time in which the reader of a reply must take a part of it; else the connection is closed. Default 120,000: a system may
   * hold megabytes for a reader, and lets the server write on when a third of them is read.
   */
  readonly replyTimeout?: number;
  /**
   * Time for which an idle connection is kept for the client's next request. Default 75,000: balancers keep theirs for 60
   * seconds, and must be the first to close.
   */
  readonly keepAliveTimeout?: number;
}

/** The options with their defaults. TypeError for those that have no sense, and for unknown ones. */
export function connectionOptions(options: ConnectionOptions): Required<ConnectionOptions> {
  const {
    max = Math.min(2_048, Math.floor(maxDescriptors() / 2)),
    maxRequests = 1_000,
    headersTimeout = 20_000,
    replyTimeout = 120_000,
    keepAliveTimeout = 75_000,
    ...unknown
  } = options;
  checkCount("connections.max", max);
  checkCount("connections.maxRequests", maxRequests);
  checkMilliseconds("connections.headersTimeout", headersTimeout);
  checkMilliseconds("connections.replyTimeout", replyTimeout);
  checkMilliseconds("connections.keepAliveTimeout", keepAliveTimeout);
  const known = { max, maxRequests, headersTimeout, replyTimeout, keepAliveTimeout };
  const [name] = Object.keys(unknown);
  if (name === undefined) return known;
  throw new TypeError(
    `serve has no option connections.${name}. Options are ${Object.keys(known).join(", ")}.`,
  );
}

function checkCount(name: string, value: unknown): void {
  if (value === Infinity || (Number.isInteger(value) && (value as number) > 0)) return;
  throw new TypeError(
    `${name} must be a whole number, 1 or more, or Infinity, not ${shown(value)}.`,
  );
}

/** The most descriptors that this process may have; Infinity where the system does not say. */
function maxDescriptors(): number {
  const { userLimits } = process.report.getReport() as unknown as {
    readonly userLimits?: { readonly open_files?: { readonly soft: number | "unlimited" } };
  };
  const soft = userLimits?.open_files?.soft;
  return typeof soft === "number" ? soft : Infinity;
}
