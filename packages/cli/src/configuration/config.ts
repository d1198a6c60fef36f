import type { Launch } from "@kindred/core";
import type { Hub } from "@kindred/core/hub";
import type { LoadPolicy } from "@kindred/core/registry";
import type { BodyEncoding, Rates, ReadyPolicy } from "@kindred/server-koa";
import type { LogFormat, LogLevel } from "../log/log.ts";
import type { WrittenKey } from "../written-key.ts";

/** Bytes: a number, or a text such as "8GB" or "512MiB". */
export type Size = number | string;

/** Seconds: a number, or a duration such as "5m"; -1 is for ever. */
export type KeepAlive = number | string;

/** A launch as a file says it: its keep-alive may be a duration, and -1 is for ever. */
export interface ConfiguredLaunch extends Omit<Launch, "keepAlive" | "optional"> {
  readonly keepAlive?: KeepAlive;
}

/** A key as a file says it. */
export interface ConfiguredKey {
  /** Default: "key-" or "admin-", and its number. */
  readonly name?: string;
  readonly key: string;
}

/**
 * What a configuration file of `kindred serve` may say. Each member is optional; docs/configuration.md has the defaults. In any text, `${NAME}`
 * stands for the variable NAME, and `$${` for `${`. Numbers may be texts.
 */
export interface Config {
  /** The JSON Schema that an editor completes by. It says nothing to Kindred. */
  readonly $schema?: string;
  readonly host?: string;
  readonly port?: number;
  /** Names as on the command line, or launches. */
  readonly models?: readonly (string | ConfiguredLaunch)[];
  /** "ID.KEY=VALUE" each. */
  readonly options?: readonly string[];
  /** "[ID.]NAME=PATH" each. */
  readonly controlNets?: readonly string[];
  readonly source?: Hub;
  readonly locked?: boolean;
  readonly keepGoing?: boolean;
  readonly memory?: Size;
  readonly keepAlive?: KeepAlive;
  readonly load?: LoadPolicy;
  /** Ids by their other names. */
  readonly aliases?: Readonly<Record<string, string>>;
  /** The path of a file; false keeps nothing. */
  readonly state?: string | false;
  readonly data?: string;
  /** "KEY", "NAME=KEY" or an object each. */
  readonly keys?: readonly (string | ConfiguredKey)[];
  /** The same, of administrators. */
  readonly adminKeys?: readonly (string | ConfiguredKey)[];
  readonly keyFile?: string;
  readonly allowedHosts?: readonly string[];
  readonly corsOrigins?: readonly string[];
  readonly publicUrl?: string;
  readonly trustProxy?: boolean;
  readonly playground?: boolean;
  readonly metrics?: boolean;
  readonly metricsPrefix?: string;
  readonly ready?: ReadyPolicy;
  /** Seconds. */
  readonly drainDelay?: number;
  /** Seconds. */
  readonly deadline?: number;
  /** Seconds. */
  readonly bodyTimeout?: number;
  readonly connections?: {
    readonly max?: number;
    readonly maxRequests?: number;
    /** Seconds. */
    readonly headersTimeout?: number;
    /** Seconds. */
    readonly replyTimeout?: number;
    /** Seconds. */
    readonly keepAliveTimeout?: number;
  };
  readonly files?: {
    readonly minutes?: number;
    readonly maxBytes?: Size;
  };
  readonly limits?: Rates & {
    /** By the names of keys; "*" has those of every other. */
    readonly perKey?: Readonly<Record<string, Rates>>;
    readonly json?: Size;
    readonly form?: Size;
    readonly all?: Size;
    readonly ratio?: number;
    readonly encodings?: readonly BodyEncoding[];
    readonly maxSide?: number;
    readonly maxPixelSteps?: number;
    readonly maxUploadPixels?: number;
    readonly maxUploadBytes?: number;
    readonly maxUpscaledPixels?: number;
  };
  readonly log?: {
    readonly format?: LogFormat;
    readonly level?: LogLevel;
    readonly prompts?: boolean;
  };
}

/** The members of a file that have members of their own. */
export type Section = "connections" | "files" | "limits" | "log";

/** A value once it is read: bytes and seconds are numbers. */
type Value<T> = [string | number] extends [T] ? number : T;

/** Settings whose lists are of something else once they are read. */
type Read = "models" | "keys" | "adminKeys";

type Values<T> = { readonly [Name in keyof T]?: Value<Exclude<T[Name], undefined>> };

/** The values of the settings, in the shape of a file. Absent: nothing sets one, and it has no value by itself. */
export type Effective = Values<Omit<Config, Section | Read | "$schema">> & {
  readonly models?: readonly (string | Launch)[];
  readonly keys?: readonly WrittenKey[];
  readonly adminKeys?: readonly WrittenKey[];
} & {
  readonly [Name in Section]: Values<NonNullable<Config[Name]>>;
};

/** The same configuration, whose names and types an editor then completes and checks: the default export of a file. */
export function defineConfig(config: Config): Config {
  return config;
}
