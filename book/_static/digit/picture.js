// From strokes to MNIST's 28 × 28, as nnlib.strokes does (chapter 22), by the steps of nnlib.picture.to_mnist_form.
//
// A stroke is a list of points [x, y], in any unit. The strokes are kept and drawn anew with a pen that fits the
// digit's size, so that a small digit does not come out fat, nor a large one thin. Chapter 22 leaves steps out.

const BOX = 20, SIDE = 28;  // pixels
const FINE = 8;  // samples along a side of a pixel
const PEN = 0.12;  // the pen's width as a share of the digit's longer side
const FIXED = 0.07;  // the pen on the sheet, as a share of the sheet

/** To the nearest whole number and halves to the even one, as Python and NumPy do. */
function rint(x) {
  const up = Math.round(x);
  return up - x === 0.5 && up % 2 !== 0 ? up - 1 : up;
}

const clip = (x, low, high) => Math.min(high, Math.max(low, x));

/** The smallest and the largest of some numbers. */
const ends = (all) => [all.reduce((a, b) => Math.min(a, b)), all.reduce((a, b) => Math.max(a, b))];

/** The ink of the strokes, fitted into 20 × 20 pixels: { ink, rows, columns }, where each pixel has 8 × 8 samples and
 * each sample is 0 or 1. Without `scale` the whole sheet, from 0 to 1, becomes 28 × 28; a `pen` of null is the sheet's
 * own; without `soft` a pixel has one sample, in its middle. */
export function rasterise(strokes, { scale = true, pen: share = PEN, soft = true } = {}) {
  const [[left, right], [top, bottom]] = [0, 1].map((i) => ends(strokes.flat().map((point) => point[i])));
  const longest = Math.max(right - left, bottom - top) || 1;  // one dot has no size: any pen gives the same disc
  const pen = share === null ? FIXED : (longest * share) / (1 - share);  // it adds half its width on either side
  const [width, height] = [right - left + pen, bottom - top + pen], fine = soft ? FINE : 1;
  const fit = (side) => (scale ? Math.max(1, rint((BOX * side) / Math.max(width, height))) : SIDE);
  const [columns, rows] = [fit(width), fit(height)];
  const sheet = { ink: new Uint8Array(fine * rows * fine * columns), rows, columns, fine, scale,
    middle: [(left + right) / 2, (top + bottom) / 2],
    origin: scale ? [left - pen / 2, top - pen / 2] : [0, 0],
    step: scale ? [width / (fine * columns), height / (fine * rows)] : [1 / (fine * SIDE), 1 / (fine * SIDE)] };
  for (const stroke of strokes) {
    stroke.forEach((point, i) => drawSegment(sheet, stroke[Math.max(0, i - 1)], point, pen / 2));
  }
  return sheet;
}

/** Set each sample whose distance from the segment a–b is at most r. */
function drawSegment({ ink, rows, columns, fine, origin, step }, a, b, r) {
  const [dx, dy] = [b[0] - a[0], b[1] - a[1]], square = dx * dx + dy * dy;
  const low = (i) => (Math.min(a[i], b[i]) - r - origin[i]) / step[i];
  const high = (i) => (Math.max(a[i], b[i]) + r - origin[i]) / step[i];
  const left = Math.max(0, Math.floor(low(0)));
  const right = Math.min(fine * columns, Math.ceil(high(0)));
  const top = Math.max(0, Math.floor(low(1)));
  const bottom = Math.min(fine * rows, Math.ceil(high(1)));
  for (let row = top; row < bottom; row++) {
    for (let column = left; column < right; column++) {
      // From a to the middle of the sample, and to its nearest point.
      const x = origin[0] + (column + 0.5) * step[0] - a[0];
      const y = origin[1] + (row + 0.5) * step[1] - a[1];
      const t = square ? clip((x * dx + y * dy) / square, 0, 1) : 0;
      const apart = (x - t * dx) ** 2 + (y - t * dy) ** 2;
      if (apart <= r * r) ink[row * fine * columns + column] = 1;
    }
  }
}

/** The mean of the samples in each pixel. */
function areaMean({ ink, rows, columns, fine }) {
  const small = new Float64Array(rows * columns), width = fine * columns;
  ink.forEach((sample, i) => {
    const row = Math.floor(i / width / fine);
    const column = Math.floor((i % width) / fine);
    small[row * columns + column] += sample / fine ** 2;
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

/** How many pixels the ink is moved, [down, right]: to bring to the middle its centre of mass ("mass": to the centre of
 * pixel 14, which is 14.5 from the picture's edge; "half": half a pixel off), its box, or nothing ("sheet"). */
function shiftOf({ rows, columns, middle, scale }, small, place) {
  if (place === "sheet") {
    return scale ? [rint(SIDE * middle[1] - rows / 2), rint(SIDE * middle[0] - columns / 2)] : [0, 0];
  }
  if (!small.some((ink) => ink > 0)) return [0, 0];
  if (place !== "box") return centreOfMass(small, columns).map((centre) => rint((place === "half" ? 13.5 : 14) - centre));
  const lit = [...small.keys()].filter((i) => small[i] > 0);
  return [lit.map((i) => Math.floor(i / columns)), lit.map((i) => i % columns)].map((along) => {
    const [low, high] = ends(along);
    return rint(13.5 - (low + high) / 2);
  });
}

/** The picture as the network gets it, 784 numbers from 0 to 1 in steps of 1/255: the fitted ink, moved by whole pixels
 * until its centre of mass is on the centre of pixel 14. */
export function toMnistForm(fitted, { place = "mass" } = {}) {
  const { rows, columns, scale } = fitted, small = areaMean(fitted), [down, right] = shiftOf(fitted, small, place);
  const [top, left] = scale ? [clip(down, 0, SIDE - rows), clip(right, 0, SIDE - columns)] : [down, right];
  const x = new Float64Array(SIDE * SIDE);
  small.forEach((ink, i) => {
    const row = top + Math.floor(i / columns), column = left + (i % columns);
    if (row >= 0 && row < SIDE && column >= 0 && column < SIDE) x[row * SIDE + column] = rint(255 * ink) / 255;
  });
  return x;
}

/** Strokes to x; a sheet without a stroke is paper everywhere. The options leave steps out. */
export const pictureOf = (strokes, options = {}) =>
  (strokes.length ? toMnistForm(rasterise(strokes, options), options) : new Float64Array(SIDE * SIDE));
