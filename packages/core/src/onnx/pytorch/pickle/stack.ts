import { unserved, unsound } from "../flaw.ts";
import type { Value } from "./values.ts";

/** Marks that are open at once: containers within each other. */
const maxMarks = 100;

/** The stack and the memo of a pickle that is read. */
export class Stack {
  readonly #values: Value[] = [];
  /** Heights of the stack where a MARK was read. */
  readonly #marks: number[] = [];
  readonly #memo = new Map<number, Value>();

  push(value: Value): void {
    this.#values.push(value);
  }

  pop(): Value {
    this.#need(1);
    return this.#values.pop()!;
  }

  /** The last value, which stays. */
  top(): Value {
    this.#need(1);
    return this.#values.at(-1)!;
  }

  /** The last `count` values, in the order in which they came. */
  popMany(count: number): readonly Value[] {
    this.#need(count);
    return this.#values.splice(-count);
  }

  mark(): void {
    if (this.#marks.length === maxMarks) {
      throw unserved(`has a pickle that nests values deeper than ${maxMarks}`);
    }
    this.#marks.push(this.#values.length);
  }

  /** The values since the last mark. */
  popToMark(): readonly Value[] {
    const height = this.#marks.pop();
    if (height === undefined) throw unsound("has a pickle that ends a list which it did not begin");
    return this.#values.splice(height);
  }

  memoize(index: number = this.#memo.size): void {
    this.#memo.set(index, this.top());
  }

  recall(index: number): void {
    const value = this.#memo.get(index);
    if (value === undefined)
      throw unsound(`has a pickle that asks for value ${index} of its memo, which is not there`);
    this.#values.push(value);
  }

  /** The only value, at the end. */
  result(): Value {
    if (this.#values.length === 1 && this.#marks.length === 0) return this.pop();
    throw unsound(`has a pickle that leaves ${this.#values.length} values and not one`);
  }

  #need(count: number): void {
    if (this.#values.length - (this.#marks.at(-1) ?? 0) >= count) return;
    throw unsound("has a pickle that takes a value which is not there");
  }
}
