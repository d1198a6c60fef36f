import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { KernelError } from "@kindred/core";
import type { Call, Endpoint, Kernel, ModelInfo, Task } from "@kindred/core";
import * as z from "zod";

export interface Echo {
  readonly text: string | readonly string[];
  readonly times: number;
  readonly images: readonly File[];
}
export const echo: Task<Echo, unknown, { done: number }> = { name: "echo" };

const Images = z.union([z.file(), z.array(z.file())]);
const Body = z.strictObject({
  model: z.string().nullish(),
  text: z.union([z.string().min(1), z.array(z.string())]),
  times: z.coerce.number().int().default(1),
  image: Images.optional(),
  kwargs: z.object({ size: z.string() }).optional(),
  user: z.string().optional(),
  stream: z.boolean().optional(),
  request_id: z.string().optional(),
  keep: z.boolean().optional(),
});
export type EchoBody = z.infer<typeof Body>;

export const endpoint: Endpoint<typeof echo, EchoBody> = {
  path: "/v1/echo",
  task: echo,
  body: Body,
  files: ["image"],
  fields: { repetitions: "times" },
  decode: ({ model, text, times, image, stream }) => ({
    model: model ?? undefined,
    input: { text, times, images: [image ?? []].flat() },
    stream: stream ?? false,
  }),
  async encode(output, { body, model, warn, file }) {
    if (body.user) warn("user has no effect here.");
    const url = body.keep ? await file(new TextEncoder().encode("kept"), "text/plain") : undefined;
    return { model, output, url };
  },
  stream: {
    event: (event) => (event.done < 0 ? undefined : { event: "echo.step", data: event }),
    end: (output, { body, warn }) => {
      if (body.user) warn("user has no effect here.");
      return [{ event: "echo.completed", data: { output } }];
    },
  },
};

export type Run = (input: Echo, call: Partial<Call<{ done: number }>>) => unknown;

export const models: readonly ModelInfo[] = [
  {
    id: "parrot",
    family: "birds",
    task: "echo",
    state: "ready",
    device: "cpu",
    graphs: [
      { name: "beak", open: false, bytes: 10, peakBytes: 20, workspaceBytes: 0, overheadBytes: 0 },
    ],
    info: { model_ability: ["echo"], dimensions: 3 },
  },
  { id: "birds/grey parrot", family: "birds", task: "other", state: "failed", reason: "no beak" },
];

/** A kernel of one endpoint whose model does what `run` says. */
export function standIn(run: Run = ({ text }) => text, closed: () => void = () => {}): Kernel {
  const kernel: Kernel = {
    plugins: [],
    endpoints: [endpoint as Endpoint],
    devices: [],
    models: () => models,
    model(_task, id = "parrot") {
      const found = kernel.models().find((model) => model.id === id);
      if (found) return found;
      throw new KernelError("MODEL_NOT_FOUND", `There is no model "${id}".`, { param: "model" });
    },
    run: (async (_task: Task, _model: string, input: Echo, call: Call) =>
      run(input, call)) as Kernel["run"],
    load: () => Promise.reject(new Error("not here")),
    plan: () => Promise.reject(new Error("not here")),
    update() {
      throw new Error("not here");
    },
    unload: () => Promise.reject(new Error("not here")),
    async [Symbol.asyncDispose]() {
      closed();
    },
  };
  return kernel;
}

export interface Listening extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
}

/** A real server on a free port. */
export async function listen(app: {
  callback(): Parameters<typeof createServer>[1];
}): Promise<Listening> {
  const server = createServer(app.callback()).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

export function post(
  url: string,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<Response> {
  return fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
}

export function deferred<T = void>(): { promise: Promise<T>; resolve(value: T): void } {
  let resolve!: (value: T) => void;
  const promise = new Promise<T>((done) => (resolve = done));
  return { promise, resolve };
}
