import type { LoadContext, ModelFamily } from "../../family.ts";
import type { Pipeline } from "../../pipeline.ts";
import type { Plugin } from "../../plugin.ts";

/** Loads a model in place of its family, whose own `load` it may call. */
export type InterceptedLoad = (
  family: ModelFamily<any, any, any>,
  context: LoadContext<any, any>,
) => Promise<Pipeline<any, any, any>>;

/** The plugin, with `load` in place of that of its families. */
export function interceptLoad(plugin: Plugin, load: InterceptedLoad): Plugin {
  const families = (plugin.families ?? []).map((family) =>
    overriding(family, { load: (context) => load(family, context) }),
  );
  return overriding(plugin, { families });
}

/** The object with some members in place of its own. The object itself is not changed. */
export function overriding<T extends object>(object: T, members: Partial<T>): T {
  // A proxy of the object itself could not override the members of a frozen one.
  return new Proxy({} as T, {
    has: (_, key) => key in object,
    get(_, key) {
      if (Object.hasOwn(members, key)) return Reflect.get(members, key);
      const member: unknown = Reflect.get(object, key);
      // A class's methods may use private fields, which a proxy does not have.
      const isMethod = typeof member === "function" && !Object.hasOwn(object, key);
      return isMethod ? member.bind(object) : member;
    },
  });
}
