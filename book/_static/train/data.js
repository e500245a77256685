// The digits that the page learns from: their file unpacked, shifted by a pixel, pooled; and the draws of chance.
//
// A set of digits is { pixels, y }: 784 bytes a picture, 0 for paper and 255 for ink, and a label each.

const SIDE = 28, PIXELS = SIDE * SIDE;
const INNER = 24, RIM = 2;  // the file has the middle 24 × 24 pixels,
const POOLED = INNER / 2;  // and the pooled picture 12 × 12 means of 2 × 2 of them
export const MEANS = POOLED * POOLED;

// ---- Chance ------------------------------------------------------------------------------------------------------

/** A generator of random numbers from 0 to 1, without 1 (mulberry32); the same seed gives the same numbers. */
export function uniform(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Draws from N(0, 1), by the formula of Box and Muller. */
export const normal = (random) => () =>
  Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());

/** The values of an array in any order, each as likely: Fisher and Yates' shuffle, in place. */
export function shuffle(values, random) {
  for (let i = values.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1)), kept = values[i];
    values[i] = values[j];
    values[j] = kept;
  }
  return values;
}

// ---- The file ----------------------------------------------------------------------------------------------------

/** The digits in the bytes that tests/train_data.py packed: ten counts, then one bit a pixel. */
export function unpack(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const counts = Array.from({ length: 10 }, (_, label) => view.getUint16(2 * label, true));
  const N = counts.reduce((a, b) => a + b), each = INNER * INNER / 8;
  if (bytes.length !== 20 + N * each) {
    throw new Error(`expected ${N} digits in ${20 + N * each} bytes, got ${bytes.length} bytes`);
  }
  const y = new Uint8Array(N), pixels = new Uint8Array(N * PIXELS);
  counts.reduce((from, count, label) => {
    y.fill(label, from, from + count);
    return from + count;
  }, 0);
  for (let n = 0, byte = 20; n < N; n++) {
    for (let row = 0; row < INNER; row++) {
      const from = n * PIXELS + (row + RIM) * SIDE + RIM;
      for (let column = 0; column < INNER; column += 8, byte++) {
        for (let bits = bytes[byte], i = 7; bits; bits >>= 1, i--) if (bits & 1) pixels[from + column + i] = 255;
      }
    }
  }
  return { pixels, y };
}

/** Unzip what a server sent. @param {ReadableStream} stream */
export const unzip = async (stream) =>
  new Uint8Array(await new Response(stream.pipeThrough(new DecompressionStream("gzip"))).arrayBuffer());

// ---- What the network is fed -------------------------------------------------------------------------------------

/** A step down and across for each of N pictures, from −most to most, each as likely. */
export function shifts(N, most, random) {
  const by = new Int8Array(2 * N);
  for (let i = 0; i < 2 * N; i++) by[i] = Math.floor(random() * (2 * most + 1)) - most;
  return by;
}

/** Fill the rows of X, N × 784 bytes, with pictures, each shifted; `by` is what `shifts` gave, or null. */
export function fill(X, pixels, by) {
  if (!by) return X.set(pixels);
  X.fill(0);
  for (let n = 0; n < X.length / PIXELS; n++) {
    const down = by[2 * n], across = by[2 * n + 1], start = n * PIXELS;
    for (let row = Math.max(0, -down); row < Math.min(SIDE, SIDE - down); row++) {
      const from = start + row * SIDE, to = from + down * SIDE + across;
      for (let column = Math.max(0, -across); column < Math.min(SIDE, SIDE - across); column++) {
        X[to + column] = pixels[from + column];  // eq-shift
      }
    }
  }
}

/** Fill the rows of X, N × 144, with the means of 2 × 2 pixels of the pictures' middle, each picture shifted. */
export function fillPooled(X, pixels, by) {
  const N = X.length / MEANS;
  for (let n = 0; n < N; n++) {
    const down = by ? by[2 * n] : 0, across = by ? by[2 * n + 1] : 0;
    // What is moved down by one pixel is read one row higher; the rim is wide enough for it.
    const corner = n * PIXELS + (RIM - down) * SIDE + RIM - across;
    for (let row = 0, mean = n * MEANS; row < POOLED; row++) {
      for (let column = 0, p = corner + 2 * row * SIDE; column < POOLED; column++, p += 2) {
        X[mean++] = (pixels[p] + pixels[p + 1] + pixels[p + SIDE] + pixels[p + SIDE + 1]) / 1020;
      }
    }
  }
}

/** The weights of 784 pixels that give the same scores as these, 144 × H, of the means: each pixel of the four gets a
 * fourth of their weight, those of the rim get none. */
export function fold(W, H) {
  const W1 = new Float32Array(PIXELS * H);
  for (let row = 0; row < INNER; row++) {
    for (let column = 0; column < INNER; column++) {
      const mean = POOLED * (row >> 1) + (column >> 1), d = (row + RIM) * SIDE + column + RIM;
      for (let h = 0; h < H; h++) W1[d * H + h] = W[mean * H + h] / 4;  // eq-fold-map
    }
  }
  return W1;
}

/** The other way: the weights of the means, from those of 784 pixels that `fold` gave. */
export function unfold(W1, H) {
  const W = new Float32Array(MEANS * H);
  for (let mean = 0; mean < MEANS; mean++) {
    const d = (2 * Math.floor(mean / POOLED) + RIM) * SIDE + 2 * (mean % POOLED) + RIM;
    for (let h = 0; h < H; h++) W[mean * H + h] = 4 * W1[d * H + h];
  }
  return W;
}
