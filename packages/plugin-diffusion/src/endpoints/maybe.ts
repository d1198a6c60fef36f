/** A field's value; null means absent. */
export type Maybe<T> = T | null | undefined;
