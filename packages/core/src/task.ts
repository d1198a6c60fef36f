/** A kind of work, compared by name so that two copies of a package agree. The list is open: "embedding", "image", yours. */
export interface Task<Input = any, Output = any, Event = any> {
  readonly name: string;
  /** Phantom; never set. */
  readonly "~types"?: { readonly input: Input; readonly output: Output; readonly event: Event };
}
export type InputOf<T extends Task> = NonNullable<T["~types"]>["input"];
export type OutputOf<T extends Task> = NonNullable<T["~types"]>["output"];
export type EventOf<T extends Task> = NonNullable<T["~types"]>["event"];
