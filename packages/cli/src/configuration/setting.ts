import type { z } from "zod";

/** A setting of `kindred serve`. Its flag, its variable, its key in a file and its lines of the usage come from here. */
export interface Setting<T = unknown> {
  /** What it may be, as a file says it or a text. The messages of its errors end the sentence "NAME must be …". */
  readonly schema: z.ZodType<T>;
  /** "switch" is true or false, and a flag without a value. A flag of a "list" may be repeated, and a variable has commas between. */
  readonly form: "text" | "switch" | "list";
  /** One sentence. */
  readonly text: string;
  /** Its value where nothing sets it. */
  readonly default?: T;
  /** In words, where it has no value of its own or a better word. */
  readonly defaultText?: string;
  /** The flag without "--". Default: there is none. */
  readonly flag?: string;
  /** The value of the flag, as the usage calls it. */
  readonly argument?: string;
  /** A flag without a value, in the place of this one. Default: there is none. */
  readonly off?: { readonly flag: string; readonly value: T };
  /** Makes what the schema takes of what somebody wrote. `where` names it in an error. Default: it is taken as it is. */
  readonly prepare?: (written: unknown, where: string) => unknown;
  /** What a file may say, where `prepare` takes more than the schema does. */
  readonly input?: z.ZodType;
  /** The names of what its objects have. Default: they have none. */
  readonly members?: readonly string[];
  /** Its value is shown to nobody, and the values of all sources hold together. Default false. */
  readonly isSecret?: boolean;
  /** Whether it is changed while the server runs. Default: it needs a restart. */
  readonly isLive?: boolean;
}

/** A setting with its place in a file, such as "connections.max". */
export interface NamedSetting extends Setting {
  readonly path: readonly string[];
  readonly name: string;
  readonly variable: string;
}
