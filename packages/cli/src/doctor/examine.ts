import type { Facts } from "./facts.ts";
import type { Finding } from "./finding.ts";
import { descriptors } from "./descriptors.ts";
import { folders } from "./folders.ts";
import { hub } from "./hub.ts";
import { libraries } from "./libraries.ts";
import { memory } from "./memory.ts";
import { node } from "./node.ts";
import { packages } from "./packages.ts";
import { port } from "./port.ts";
import { processor } from "./processor.ts";

/** All that is to be said of these facts, in the order in which it is shown. */
export function examine(facts: Facts): readonly Finding[] {
  return [node, packages, libraries, processor, memory, descriptors, hub, folders, port].flatMap(
    (judge) => judge(facts),
  );
}
