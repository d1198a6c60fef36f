/** The bits of float32 values rounded to float16, nearest even. Values beyond its range become infinite. */
export function toFloat16(values: Float32Array): Uint16Array {
  return round(values, (bits) => {
    const sign = (bits >>> 16) & 0x8000;
    const exponent = (bits >>> 23) & 0xff;
    const fraction = bits & 0x7fffff;
    if (exponent > 112) {
      const rebiased = ((exponent - 112) << 23) | fraction;
      return sign | Math.min(shiftRounded(rebiased, 13), 0x7c00);
    }
    // Subnormal in float16: the significand shifts right, as the exponent cannot fall.
    return sign | shiftRounded(fraction | 0x800000, Math.min(126 - exponent, 25));
  });
}

/** The bits of float32 values rounded to bfloat16, nearest even. */
export function toBfloat16(values: Float32Array): Uint16Array {
  return round(values, (bits) => shiftRounded(bits, 16));
}

function round(values: Float32Array, narrow: (bits: number) => number): Uint16Array {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const narrowed = new Uint16Array(values.length);
  for (let i = 0; i < bits.length; i++) narrowed[i] = narrow(bits[i]!);
  return narrowed;
}

/** bits / 2^shift, to the nearest whole number, ties to even. */
function shiftRounded(bits: number, shift: number): number {
  const floor = bits >>> shift;
  const rest = bits - floor * 2 ** shift;
  const tie = 2 ** (shift - 1);
  return rest > tie || (rest === tie && floor % 2 === 1) ? floor + 1 : floor;
}
