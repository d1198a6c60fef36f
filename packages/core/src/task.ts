/**
 * A kind of work: "embedding", "image", yours; the list is open. Tasks are compared by name, so two copies of a package
 * agree. Inputs, outputs and events are structured-cloneable, so that another thread or machine can do the work.
 */
export interface Task<Input = any, Output = any, Event = any> {
  /** kebab-case. */
  readonly name: string;
  /** Carries the types; never set. */
  readonly "~types"?: { readonly input: Input; readonly output: Output; readonly event: Event };
}

/** The input of a task. */
export type InputOf<T extends Task> = NonNullable<T["~types"]>["input"];
/** The output of a task. */
export type OutputOf<T extends Task> = NonNullable<T["~types"]>["output"];
/** The events of a task. */
export type EventOf<T extends Task> = NonNullable<T["~types"]>["event"];
