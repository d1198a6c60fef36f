// reflect-metadata first: tsyringe refuses to be imported without it.
import "reflect-metadata";
import { container as root, instanceCachingFactory } from "tsyringe";
import type { DependencyContainer } from "tsyringe";
import { disposeAll } from "../shared/dispose.ts";
import { KernelError } from "../errors.ts";
import type { Logger } from "../logger.ts";
import { logger } from "../services.ts";
import type { Provider, Token } from "../services.ts";
import { unfailingLogger } from "../unfailing-logger.ts";

/** The kernel's services. Each is made once, at its first use; disposal goes from the last made to the first. */
export interface Services extends AsyncDisposable {
  get<S>(token: Token<S>): S;
}

export interface ContainerOptions {
  readonly defaults: readonly Provider[];
  readonly plugins: readonly Provider[];
  readonly application: readonly Provider[];
  /** The application's own tsyringe container; what it registers outranks defaults and plugins. */
  readonly parent?: { createChildContainer(): object } | undefined;
}

/**
 * Makes a container of services. Within each list the last provider of a token wins. `application` outranks the parent
 * container, which outranks `plugins`, which outrank `defaults`.
 */
export function createContainer(options: ContainerOptions): Services {
  const parent = (options.parent ?? root) as DependencyContainer;
  const container = parent.createChildContainer();
  const made: unknown[] = [];
  const making: Token<unknown>[] = [];

  const get = <S>(token: Token<S>): S => {
    if (!container.isRegistered(token.key, true)) {
      if (token.fallback !== undefined) return token.fallback;
      throw new KernelError(
        "PLUGIN_INVALID",
        `Nothing provides ${nameOf(token)}. Add the plugin that does.`,
      );
    }
    const service = container.resolve<S>(token.key);
    return token.key === logger.key ? (unfailingLogger(service as Logger) as S) : service;
  };

  const register = ({ token, create }: Provider) =>
    container.register(token.key, {
      useFactory: instanceCachingFactory(() => {
        if (making.some(({ key }) => key === token.key)) throw circular([...making, token]);
        making.push(token);
        try {
          const service = create(get);
          made.push(service);
          return service;
        } finally {
          making.pop();
        }
      }),
    });

  for (const provider of [...options.defaults, ...options.plugins]) {
    const inherited = options.parent !== undefined && parent.isRegistered(provider.token.key, true);
    if (!inherited) register(provider);
  }
  for (const provider of options.application) register(provider);

  return { get, [Symbol.asyncDispose]: () => disposeAll(made.splice(0)) };
}

function nameOf(token: Token<unknown>): string {
  return `"${token.key.description?.replace(/^kindred:/, "") ?? "a service"}"`;
}

function circular(path: readonly Token<unknown>[]): KernelError {
  const names = path.map(nameOf).join(" → ");
  return new KernelError("PLUGIN_INVALID", `Services need each other in a circle: ${names}.`);
}
