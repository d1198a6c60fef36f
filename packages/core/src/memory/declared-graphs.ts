import type { Copies } from "./copies.ts";
import type { GraphSource } from "../graph.ts";
import type { GraphInfo } from "../model-info.ts";

/** The graphs that a model has declared, open or not, and what they need. */
export class DeclaredGraphs {
  readonly #copies: Copies;
  /** With the activations of their largest run so far. */
  readonly #workspaces = new Map<GraphSource, number>();

  constructor(copies: Copies) {
    this.#copies = copies;
  }

  add(source: GraphSource): void {
    this.#workspaces.set(source, 0);
  }

  ran(source: GraphSource, workspace: number): void {
    this.#workspaces.set(source, Math.max(workspace, this.#workspaces.get(source)!));
  }

  get closed(): readonly GraphSource[] {
    return [...this.#workspaces.keys()].filter((source) => !this.#isOpen(source));
  }

  /** Bytes of the largest at its dearest moment. */
  get needed(): number {
    const needs = Array.from(this.#workspaces, ([source, workspace]) =>
      this.#copies.openingBytes(source, workspace),
    );
    return Math.max(0, ...needs);
  }

  /** Bytes of all that is open, or those to open the largest of the rest where that is more. */
  get floor(): number {
    const needs = this.closed.map((source) => this.#copies.openingBytes(source));
    return Math.max(this.#copies.held, ...needs);
  }

  get info(): readonly GraphInfo[] {
    return Array.from(this.#workspaces, ([source, workspaceBytes]) => ({
      name: source.name,
      open: this.#isOpen(source),
      bytes: source.bytes,
      peakBytes: source.peakBytes,
      workspaceBytes,
      overheadBytes: this.#copies.overheadBytes,
    }));
  }

  #isOpen(source: GraphSource): boolean {
    return this.#copies.of(source).length > 0;
  }
}
