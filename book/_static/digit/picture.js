// From strokes to MNIST's 28 × 28, by the steps of nnlib.picture.to_mnist_form (chapter 09).
//
// A stroke is a list of points [x, y], in any unit. The strokes are kept and drawn anew with a pen that fits the
// digit's size, so that a small digit does not come out fat, nor a large one thin.

const BOX = 20, SIDE = 28;  // pixels
const FINE = 8;  // samples along a side of a pixel
const PEN = 0.12;  // the pen's width as a share of the digit's longer side

/** To the nearest whole number and halves to the even one, as Python and NumPy do. */
function rint(x) {
  const up = Math.round(x);
  return up - x === 0.5 && up % 2 !== 0 ? up - 1 : up;
}

const clip = (x, low, high) => Math.min(high, Math.max(low, x));

/** The smallest and the largest of some numbers. */
const ends = (all) => [all.reduce((a, b) => Math.min(a, b)), all.reduce((a, b) => Math.max(a, b))];

/** The ink of the strokes, fitted into 20 × 20 pixels: { ink, rows, columns }, where each pixel has 8 × 8 samples and
 * each sample is 0 or 1. */
export function rasterise(strokes) {
  const [[left, right], [top, bottom]] = [0, 1].map((i) => ends(strokes.flat().map((point) => point[i])));
  const longest = Math.max(right - left, bottom - top) || 1;  // one dot has no size: any pen gives the same disc
  const pen = (longest * PEN) / (1 - PEN);  // it adds half its width on either side
  const [width, height] = [right - left + pen, bottom - top + pen];
  const [columns, rows] = [width, height].map((side) => Math.max(1, rint((BOX * side) / Math.max(width, height))));
  const sheet = { ink: new Uint8Array(FINE * rows * FINE * columns), rows, columns,
    origin: [left - pen / 2, top - pen / 2], step: [width / (FINE * columns), height / (FINE * rows)] };
  for (const stroke of strokes) {
    stroke.forEach((point, i) => drawSegment(sheet, stroke[Math.max(0, i - 1)], point, pen / 2));
  }
  return sheet;
}

/** Set each sample whose distance from the segment a–b is at most r. */
function drawSegment({ ink, rows, columns, origin, step }, a, b, r) {
  const [dx, dy] = [b[0] - a[0], b[1] - a[1]], square = dx * dx + dy * dy;
  const [[left, right], [top, bottom]] = [0, 1].map((i) => [
    Math.max(0, Math.floor((Math.min(a[i], b[i]) - r - origin[i]) / step[i])),
    Math.min(FINE * [columns, rows][i], Math.ceil((Math.max(a[i], b[i]) + r - origin[i]) / step[i]))]);
  for (let row = top; row < bottom; row++) {
    for (let column = left; column < right; column++) {
      const x = origin[0] + (column + 0.5) * step[0] - a[0];  // from a to the middle of the sample
      const y = origin[1] + (row + 0.5) * step[1] - a[1];
      const t = square ? clip((x * dx + y * dy) / square, 0, 1) : 0;  // its nearest point is a + t (b − a)
      if ((x - t * dx) ** 2 + (y - t * dy) ** 2 <= r * r) ink[row * FINE * columns + column] = 1;
    }
  }
}

/** The mean of the samples in each pixel. */
function areaMean({ ink, rows, columns }) {
  const small = new Float64Array(rows * columns), width = FINE * columns;
  ink.forEach((sample, i) => {
    const row = Math.floor(i / width / FINE), column = Math.floor((i % width) / FINE);
    small[row * columns + column] += sample / FINE ** 2;
  });
  return small;
}

/** The row and column where a picture balances, counted from its first pixel's centre. */
function centreOfMass(picture, columns) {
  let mass = 0, row = 0, column = 0;
  picture.forEach((ink, i) => {
    mass += ink;
    row += ink * Math.floor(i / columns);
    column += ink * (i % columns);
  });
  return [row / mass, column / mass];
}

/** The picture as the network gets it, 784 numbers from 0 to 1 in steps of 1/255: the fitted ink, moved by whole pixels
 * until its centre of mass is on the centre of pixel 14, which is 14.5 from the picture's edge. */
export function toMnistForm(fitted) {
  const { rows, columns } = fitted, small = areaMean(fitted);
  const [row, column] = centreOfMass(small, columns).map((centre) => rint(14 - centre));
  const [top, left] = [clip(row, 0, SIDE - rows), clip(column, 0, SIDE - columns)];
  const x = new Float64Array(SIDE * SIDE);
  small.forEach((ink, i) => {
    x[(top + Math.floor(i / columns)) * SIDE + left + (i % columns)] = rint(255 * ink) / 255;
  });
  return x;
}

/** Strokes to x; a sheet without a stroke is paper everywhere. */
export const pictureOf = (strokes) =>
  (strokes.length ? toMnistForm(rasterise(strokes)) : new Float64Array(SIDE * SIDE));
