import type { HubFacts } from "@kindred/core/hub";

/** What `kindred doctor` gathers before it judges. It has no secret. */
export interface Facts {
  readonly node: NodeFacts;
  readonly packages: readonly PackageFacts[];
  readonly libraries: readonly LibraryFacts[];
  readonly cuda: CudaFacts;
  readonly processor: ProcessorFacts;
  readonly memory: MemoryFacts;
  /** The most files and connections that a process may have open; undefined where the system does not say. */
  readonly maxDescriptors: number | undefined;
  readonly hub: HubFacts | WrongSetting;
  /** Absent where the hub's settings are wrong. */
  readonly cache?: FolderFacts;
  readonly data: FolderFacts;
  readonly port: PortFacts;
}

export interface NodeFacts {
  /** "22.20.0". */
  readonly version: string;
  readonly platform: NodeJS.Platform;
  readonly architecture: string;
  /** "2.36"; absent where the C library is another, or the system is not Linux. */
  readonly glibc?: string | undefined;
  /** Bytes that V8's heap may take. */
  readonly maxHeapBytes: number;
}

/** An installed package of Kindred's. */
export interface PackageFacts {
  readonly name: string;
  readonly version: string;
}

/** A library with native code, loaded in a process of its own. */
export interface LibraryFacts {
  readonly name: string;
  /** Absent where it is not installed. */
  readonly version?: string;
  /** The end of what it said when it could not be loaded. */
  readonly failure?: string;
  /** Names of onnxruntime's providers. */
  readonly providers?: readonly string[];
  /** Whether the library was told not to report to its makers. Absent for one that does not. */
  readonly isSilenced?: boolean;
}

export interface CudaFacts {
  /** Names of the GPUs that NVIDIA's driver knows. */
  readonly gpus: readonly string[];
  /** Whether onnxruntime's library for CUDA is installed. */
  readonly hasProvider: boolean;
}

export interface ProcessorFacts {
  readonly model: string;
  /** Names of instructions as Linux calls them: "avx2"; undefined where the system does not say. */
  readonly instructions: ReadonlySet<string> | undefined;
  /** Threads that a graph runs with. */
  readonly threads: number;
}

/** In bytes. */
export interface MemoryFacts {
  /** Of the machine. */
  readonly total: number;
  /** What the process's control group allows, of version 1 or 2; undefined where it allows all. */
  readonly limit: number | undefined;
  /** What can be had now without swapping. */
  readonly available: number;
  /** What models may take: `--memory`, or its default. */
  readonly budget: number;
}

/** A folder that Kindred writes to. */
export interface FolderFacts {
  readonly path: string;
  readonly exists: boolean;
  /** Why it, or the nearest folder above it that exists, cannot be written; absent where it can. */
  readonly unwritable?: string;
  /** Bytes that are free on its disk. */
  readonly freeBytes: number;
  /** Whether links to files can be made there; undefined where it does not exist. */
  readonly takesLinks?: boolean;
}

export interface PortFacts {
  readonly host: string;
  readonly port: number;
  /** An error code of the system when it was listened on, such as "EADDRINUSE"; absent where it is free. */
  readonly refused?: string;
  /** Who has it, where that is known: "kindred", or a program's name and its process's number. */
  readonly holder?: string;
}

export interface WrongSetting {
  /** What is wrong, with the variable. */
  readonly reason: string;
}
