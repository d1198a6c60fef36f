const size = 624;
const shift = 397;

/** A stream of uniform 32-bit integers: MT19937 (Matsumoto & Nishimura 1998). `seed` is a 32-bit integer, used as torch does. */
export function mersenneTwister(seed: number): () => number {
  const state = new Uint32Array(size);
  state[0] = seed;
  for (let i = 1; i < size; i++) {
    const previous = state[i - 1]!;
    state[i] = Math.imul(1812433253, previous ^ (previous >>> 30)) + i;
  }
  let next = size;

  return () => {
    if (next === size) {
      twist(state);
      next = 0;
    }
    let y = state[next++]!;
    y ^= y >>> 11;
    y ^= (y << 7) & 0x9d2c5680;
    y ^= (y << 15) & 0xefc60000;
    return (y ^ (y >>> 18)) >>> 0;
  };
}

function twist(state: Uint32Array): void {
  for (let i = 0; i < size; i++) {
    const low = state[(i + 1) % size]!;
    const y = (state[i]! & 0x80000000) | (low & 0x7fffffff);
    state[i] = state[(i + shift) % size]! ^ (y >>> 1) ^ (low & 1 ? 0x9908b0df : 0);
  }
}
