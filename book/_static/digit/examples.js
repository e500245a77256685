// Drawings that are stored: what the page shows first, and what a reader can fetch instead of drawing.

// A few points of each stroke, from 0 to 1; a point that stands twice is a corner.
const SKETCHES = {
  0: [[[0.52, 0.15], [0.34, 0.25], [0.27, 0.5], [0.35, 0.78], [0.52, 0.86], [0.68, 0.74], [0.72, 0.48], [0.65, 0.24],
    [0.5, 0.15]]],
  1: [[[0.56, 0.14], [0.51, 0.5], [0.46, 0.86]]],
  2: [[[0.3, 0.3], [0.38, 0.17], [0.55, 0.14], [0.66, 0.26], [0.6, 0.45], [0.42, 0.67], [0.28, 0.83], [0.28, 0.83],
    [0.5, 0.82], [0.72, 0.8]]],
  3: [[[0.32, 0.2], [0.48, 0.13], [0.64, 0.22], [0.58, 0.4], [0.45, 0.47], [0.45, 0.47], [0.62, 0.54], [0.68, 0.7],
    [0.55, 0.85], [0.34, 0.82]]],
  4: [[[0.4, 0.14], [0.3, 0.52], [0.3, 0.52], [0.72, 0.52]], [[0.63, 0.2], [0.58, 0.88]]],
  5: [[[0.38, 0.16], [0.34, 0.46], [0.34, 0.46], [0.53, 0.42], [0.66, 0.55], [0.62, 0.76], [0.46, 0.86], [0.3, 0.8]],
    [[0.38, 0.16], [0.7, 0.13]]],
  6: [[[0.62, 0.13], [0.42, 0.32], [0.32, 0.6], [0.38, 0.83], [0.56, 0.84], [0.65, 0.68], [0.55, 0.55], [0.36, 0.66]]],
  7: [[[0.3, 0.17], [0.7, 0.16], [0.7, 0.16], [0.55, 0.5], [0.46, 0.88]]],
  8: [[[0.62, 0.22], [0.48, 0.13], [0.36, 0.24], [0.46, 0.42], [0.62, 0.58], [0.64, 0.78], [0.48, 0.87], [0.34, 0.77],
    [0.42, 0.56], [0.6, 0.38], [0.62, 0.22]]],
  9: [[[0.64, 0.3], [0.52, 0.15], [0.38, 0.26], [0.42, 0.46], [0.58, 0.44], [0.64, 0.3], [0.62, 0.6], [0.54, 0.88]]],
};

const CROSS = [[0.36, 0.53], [0.68, 0.5]];
const HOUSE = [[[0.2, 0.45], [0.5, 0.15], [0.8, 0.45]], [[0.28, 0.45], [0.28, 0.85], [0.72, 0.85], [0.72, 0.45]]];

/** The points between b and c of the smooth curve (Catmull and Rom) through a, b, c, d. */
function curve(a, b, c, d) {
  return [0, 0.125, 0.25, 0.375, 0.5, 0.625, 0.75, 0.875].map((t) => [0, 1].map((i) => b[i] + 0.5 * t * (c[i] - a[i]
    + t * (2 * a[i] - 5 * b[i] + 4 * c[i] - d[i] + t * (3 * (b[i] - c[i]) + d[i] - a[i])))));
}

/** The whole curve through the points; at a corner one curve ends and another begins. */
function smooth(points) {
  const corner = points.findIndex((point, i) => i && String(point) === String(points[i - 1]));
  if (corner > 0) return [...smooth(points.slice(0, corner)), ...smooth(points.slice(corner))];
  return [...points.slice(1).flatMap((c, i) => curve(points[Math.max(0, i - 1)], points[i], c, points[i + 2] ?? c)),
    points.at(-1)];
}

export const DIGITS = Object.values(SKETCHES).map((sketch) => sketch.map(smooth));

/** [name, strokes] */
export const EXAMPLES = [
  ...DIGITS.map((strokes, digit) => [`a ${digit}`, strokes]),
  ["a crossed 7", [...DIGITS[7], CROSS]],
  ["a small 2 in a corner", DIGITS[2].map((stroke) => stroke.map(([x, y]) => [0.62 + 0.3 * x, 0.04 + 0.3 * y]))],
  ["a house, no digit", HOUSE],
];
