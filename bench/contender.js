/** A contender in a process of its own. It receives its tasks over the IPC channel, by the names in `tasks`. */
let contender;

const tasks = {
  async open({ name, folder, settings }) {
    const { open } = await import(`./contenders/${name}.js`);
    contender = await open(folder, settings);
    return contender.flops;
  },

  /** Milliseconds for all texts. */
  async time({ texts, lengths }) {
    const start = performance.now();
    await contender.embed(texts, lengths);
    return performance.now() - start;
  },

  async vectors({ texts, lengths }) {
    const vectors = await contender.embed(texts, lengths);
    return vectors.map((vector) => [...vector]);
  },

  parts: (work) => contender.parts(work),

  /** Every `every`-th value of its result. */
  values: ({ every }) => contender.values(every),

  /** Milliseconds of each of `count` runs with one input. */
  async each({ count, input }) {
    const one = contender.one ?? ((text) => contender.embed([text]));
    const times = [];
    for (let i = 0; i < count; i++) {
      const start = performance.now();
      await one(input);
      times.push(performance.now() - start);
    }
    return times;
  },
};

process.on("message", async ({ task, ...details }) => {
  try {
    process.send({ result: await tasks[task](details) });
  } catch (error) {
    process.send({ error: error.stack });
  }
});
process.on("disconnect", () => process.exit());
