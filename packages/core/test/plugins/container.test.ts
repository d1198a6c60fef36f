import "reflect-metadata";
import { container as root } from "tsyringe";
import { expect, test } from "vitest";
import { createContainer } from "../../src/plugins/container.ts";
import { provide, token } from "../../src/services.ts";
import type { Provider } from "../../src/services.ts";

const word = token<string>("word");
const none = { defaults: [], plugins: [], application: [] } as const;

function services(options: Partial<Parameters<typeof createContainer>[0]>) {
  return createContainer({ ...none, ...options });
}

test("a service is made once, at its first use", () => {
  let made = 0;
  const { get } = services({ defaults: [provide(word, () => `${++made}`)] });
  expect(made).toBe(0);
  expect([get(word), get(word)]).toEqual(["1", "1"]);
});

test("a token's fallback is the service where nobody provides one", () => {
  const spare = token("spare", "fallback");
  expect(services({}).get(spare)).toBe("fallback");
  expect(services({ plugins: [provide(spare, () => "plugin")] }).get(spare)).toBe("plugin");
});

test("the last provider wins, and the application's wins over a plugin's over a default", () => {
  const by = (...names: string[]): Provider[] => names.map((name) => provide(word, () => name));
  expect(services({ defaults: by("default") }).get(word)).toBe("default");
  expect(services({ defaults: by("default"), plugins: by("one", "two") }).get(word)).toBe("two");
  expect(services({ plugins: by("plugin"), application: by("mine") }).get(word)).toBe("mine");
});

test("what an application's container registers outranks plugins, and stays its own", async () => {
  const parent = root.createChildContainer();
  let disposed = false;
  parent.register(word.key, { useValue: "from the container" });
  const other = token<Disposable>("other");
  const made = services({
    parent,
    plugins: [
      provide(word, () => "plugin"),
      provide(other, () => ({ [Symbol.dispose]: () => (disposed = true) }) as Disposable),
    ],
  });
  expect(made.get(word)).toBe("from the container");
  made.get(other);
  expect(parent.isRegistered(other.key)).toBe(false);
  await made[Symbol.asyncDispose]();
  expect(disposed).toBe(true);
});

test("services are disposed last made first, and all are tried", async () => {
  const log: string[] = [];
  const [first, second, third] = ["first", "second", "third"].map((name) =>
    token<AsyncDisposable>(name),
  );
  const make =
    (name: string, fail = false) =>
    () => ({
      async [Symbol.asyncDispose]() {
        log.push(name);
        if (fail) throw new Error(name);
      },
    });
  const made = services({
    defaults: [
      provide(first!, make("first")),
      provide(second!, make("second", true)),
      provide(third!, (get) => (get(second!), make("third", true)())),
    ],
  });
  made.get(first!);
  made.get(third!);
  await expect(made[Symbol.asyncDispose]()).rejects.toThrow(AggregateError);
  expect(log).toEqual(["third", "second", "first"]);
});

test("a missing service and a circle are PLUGIN_INVALID, by name", () => {
  const [a, b] = [token<string>("a"), token<string>("b")];
  const made = services({ plugins: [provide(a, (get) => get(b)), provide(b, (get) => get(a))] });
  expect(() => made.get(word)).toThrow(/Nothing provides "word"/);
  expect(() => made.get(a)).toThrow(/"a" → "b" → "a"/);
});
