import { expect, test } from "vitest";
import { createApp } from "../../src/app.ts";
import { echoKernel } from "../echo-kernel.ts";
import { listen, models, standIn } from "../stand-in.ts";

test("models are listed with their facts", async () => {
  await using server = await listen(createApp(standIn()));
  const { object, data } = await (await fetch(`${server.url}/v1/models`)).json();
  expect(object).toBe("list");
  expect(data.map(({ id }: { id: string }) => id)).toEqual(models.map(({ id }) => id));
  expect(data[0]).toEqual({
    id: "parrot",
    object: "model",
    created: expect.any(Number),
    owned_by: "kindred",
    family: "birds",
    task: "echo",
    model_type: "echo",
    model_name: "parrot",
    model_ability: ["echo"],
    dimensions: 3,
    state: "ready",
    device: "cpu",
    graphs: models[0]!.graphs,
  });
});

test.each(["birds/grey%20parrot", "birds%2Fgrey%20parrot"])(
  "a model is found at %s",
  async (path) => {
    await using server = await listen(createApp(standIn()));
    const response = await fetch(`${server.url}/v1/models/${path}`);
    expect(await response.json()).toMatchObject({
      id: "birds/grey parrot",
      state: "failed",
      reason: "no beak",
    });
  },
);

test.each(["loading", "failed"] as const)("a model that is %s has a model_type", async (state) => {
  const kernel = standIn();
  kernel.models = () => [{ id: "egg", state }];
  await using server = await listen(createApp(kernel));
  const egg = await (await fetch(`${server.url}/v1/models/egg`)).json();
  expect(egg).toMatchObject({ id: "egg", state, model_type: null });
});

test("an unknown model is a 404 that names the models there are", async () => {
  await using kernel = await echoKernel(() => "");
  await using server = await listen(createApp(kernel));
  const response = await fetch(`${server.url}/v1/models/owl`);
  expect(response.status).toBe(404);
  const { error } = await response.json();
  expect(error).toMatchObject({ code: "MODEL_NOT_FOUND", type: "not_found_error", param: "model" });
  expect(error.message).toContain('"parrot"');
  const near = await (await fetch(`${server.url}/v1/models/parot`)).json();
  expect(near.error.message).toMatch('Did you mean "parrot"?');
});

test("the beginning of an unknown model's long name is quoted", async () => {
  await using kernel = await echoKernel(() => "", ["parrot", "parakeet"]);
  await using server = await listen(createApp(kernel));
  const response = await fetch(`${server.url}/v1/models/${"m".repeat(3_000)}`);
  expect(response.status).toBe(404);
  const { message } = (await response.json()).error;
  expect(message).toMatch(/"m{200}…"\. There are "parrot"/);
});
