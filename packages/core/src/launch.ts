/** A model to serve: where it is, and how. */
export interface Launch {
  /** What clients call the model. Unique in a kernel. */
  readonly id: string;
  /** The path of a folder, or of a file that is a whole model; or a name that the model source knows. */
  readonly source: string;
  /** A family's name. Default: the family that recognises the model. */
  readonly family?: string;
  /** Device ids or providers, best first. Default: the allocator's own order. */
  readonly prefer?: readonly string[];
  /**
   * How many runs may go on side by side, each with a copy of the weights. Default: one on all threads; while several wait, up to
   * four on fewer threads each, for graphs of up to 250 MB, where a quarter of the device's memory holds the copies and no other
   * model waits for it.
   */
  readonly replicas?: number;
  /**
   * Seconds without a request after which its graphs are closed. Default: the kernel's; `Infinity`: never, and other models' graphs are
   * closed before its own where memory is short.
   */
  readonly keepAlive?: number;
  /**
   * Seconds that one run of a graph may take before its process is ended and its request fails; `Infinity`: as long as it takes.
   * Default: twenty times as long as the longest run so far, in proportion to its activations, and at least a minute; ten
   * minutes until a run has ended.
   */
  readonly runTimeout?: number;
  /**
   * Seconds that its load may go on without progress before it is given up and the model is failed; `Infinity`: as long as it
   * takes. Default 120.
   */
  readonly loadTimeout?: number;
  /**
   * What happens once a file of its weights has changed on disk. "refuse": the model is failed until it is launched again.
   * "reload": the next request, or the one that found the change, loads it anew from its folder; so does a request after such
   * a load has failed. Default "refuse".
   */
  readonly onChange?: "refuse" | "reload";
  /** Whether a server is ready without it: somebody launched it while the server ran. Default false. */
  readonly optional?: boolean;
  /** The family's own options, which its schema checks. Default: none. */
  readonly options?: Readonly<Record<string, unknown>>;
}

/** What of a launch can be changed while its model is served. */
export type LaunchChanges = Partial<Pick<Launch, "keepAlive" | "replicas">>;
