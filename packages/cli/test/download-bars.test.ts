import { expect, test } from "vitest";
import { downloadBars } from "../src/download-bars.ts";
import type { Terminal } from "../src/download-bars.ts";
import { Screen } from "./screen.ts";

const what = "birds/lark";
const weights = { name: "unet/diffusion_pytorch_model.fp16.safetensors", total: 1_700_000_000 };
const config = { name: "config.json", total: 1_000 };
const total = weights.total + config.total;

async function passed(milliseconds: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, milliseconds));
}

test.each([40, 60, 80, 120])(
  "on %i columns, a bar for each file under way and one for all stay in place",
  async (columns) => {
    const screen = new Screen(columns);
    const bars = downloadBars(screen);
    screen.write("before\n");
    bars.progressed({ what, done: 100, total, file: { ...config, done: 100 } });
    await passed(110);
    bars.progressed({ what, done: 850_000_100, total, file: { ...weights, done: 850_000_000 } });
    expect(screen.lines).toHaveLength(4);
    expect(screen.lines[0]).toBe("before");
    expect(screen.lines[1]).toMatch(/^ {2}config\.json .* 100 bytes of 1 KB$/);
    expect(screen.lines[2]).toMatch(/^ {2}u\S* .* 850 MB of 1\.7 GB$/);
    expect(screen.lines[3]).toMatch(/^birds\/lark .* 850 MB of 1\.7 GB/);
    await passed(110);
    bars.progressed({ what, done: 850_001_000, total, file: { ...config, done: 1_000 } });
    expect(screen.lines).toHaveLength(3);
    expect(screen.lines[2]).toMatch(/^birds\/lark/);
    bars.ended!(true);
    expect(screen.lines).toEqual(["before", "downloaded birds/lark: 1.7 GB"]);
  },
);

test("the speed counts what came, not what an earlier download had left", async () => {
  const screen = new Screen(80);
  const bars = downloadBars(screen);
  bars.progressed({ what, done: 1_600_000_000, total, file: { ...weights, done: 1_600_000_000 } });
  expect(screen.lines.at(-1)).not.toContain("/s");
  await passed(110);
  bars.progressed({ what, done: 1_600_000_500, total, file: { ...weights, done: 1_600_000_500 } });
  // 500 bytes in 110 ms or more.
  expect(screen.lines.at(-1)).toMatch(/ [1-4](?:\.\d+)? KB\/s$| \d+ bytes\/s$/);
  bars.ended!(true);
});

test("a failure leaves nothing, and a name cannot move the cursor", () => {
  const screen = new Screen(80);
  const bars = downloadBars(screen);
  bars.progressed({ what, done: 1, total, file: { name: "a\x1b[9A.bin", done: 1, total } });
  expect(screen.lines[0]).toContain("a\\u001b[9A.bin");
  bars.ended!(false);
  expect(screen.lines).toEqual([]);
});

test("a low terminal shows as many files as it has lines", () => {
  const written: string[] = [];
  const terminal: Terminal = { columns: 80, rows: 4, write: (text) => written.push(text) };
  const bars = downloadBars(terminal);
  for (const name of ["a", "b", "c", "d"])
    bars.progressed({ what, done: 1, total: 8, file: { name, done: 1, total: 2 } });
  bars.ended!(true);
  expect(written.every((text) => text.split("\n").length <= 4)).toBe(true);
});

test("a download of nothing leaves the terminal as it is", () => {
  const screen = new Screen(80);
  downloadBars(screen).ended!(true);
  expect(screen.lines).toEqual([]);
});
