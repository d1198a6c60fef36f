import type { Tensor } from "@kindred/core";

/** The last rows of a float32 tensor, so many. */
export function lastRows({ dims: [all = 0, ...rest], data }: Tensor, rows: number): Tensor {
  const each = data.length / all;
  const values = data.subarray((all - rows) * each) as Float32Array;
  return { type: "float32", dims: [rows, ...rest], data: values };
}

/** The first channels of a latent in each row, [rows, channels, height, width], so many. */
export function firstChannels({ dims, data }: Tensor, channels: number): Tensor {
  const [rows = 0, all = 0, height = 0, width = 0] = dims;
  const [size, each] = [channels * height * width, all * height * width];
  const values = new Float32Array(rows * size);
  for (let row = 0; row < rows; row++)
    values.set(data.subarray(row * each, row * each + size) as Float32Array, row * size);
  return { type: "float32", dims: [rows, channels, height, width], data: values };
}
