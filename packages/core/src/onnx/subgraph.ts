import type { GraphProto } from "./model-proto.ts";

/** A graph within another one: an attribute of the operator that runs it. `GraphBuilder.subgraph` makes it. */
export class Subgraph {
  readonly proto: GraphProto;

  constructor(proto: GraphProto) {
    this.proto = proto;
  }
}
