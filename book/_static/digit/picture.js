// From strokes to MNIST's 28 × 28, by the steps of nnlib.picture.to_mnist_form (chapter 09).
//
// A stroke is a list of points [x, y], in any unit. The strokes are kept and drawn anew with a pen that fits the digit's
// size, so that a small digit does not come out fat, nor a large one thin.

const FINE = 160;  // samples along the digit's longer side: 8 × 8 in each of the final pixels
const PEN = 0.12;  // the pen's width as a share of that side
const BOX = 20, SIDE = 28;

/** To the nearest whole number and halves to the even one, as Python and NumPy do. */
function rint(x) {
  const up = Math.round(x);
  return up - x === 0.5 && up % 2 !== 0 ? up - 1 : up;
}

const clip = (x, low, high) => Math.min(high, Math.max(low, x));

/** The ink of the strokes, cut out of its sheet: { ink, height, width }, ink one 0 or 1 for each sample. */
export function rasterise(strokes) {
  const xs = strokes.flat().map(([x]) => x), ys = strokes.flat().map(([, y]) => y);
  const least = ([left, right]) => right - left;
  const [across, down] = [xs, ys].map((all) => [all.reduce((a, b) => Math.min(a, b)), all.reduce((a, b) => Math.max(a, b))]);
  const longest = Math.max(least(across), least(down)) || 1;  // one dot has no size
  const pen = (longest * PEN) / (1 - PEN);  // the pen adds half its width on either side
  const unit = FINE / (Math.max(least(across), least(down)) + pen);
  const [width, height] = [across, down].map((ends) => Math.max(1, rint((least(ends) + pen) * unit)));
  const place = ([x, y]) => [(x - across[0] + pen / 2) * unit, (y - down[0] + pen / 2) * unit];
  const ink = new Uint8Array(height * width), r = (pen * unit) / 2;
  for (const stroke of strokes) {
    const points = stroke.map(place);
    points.forEach((point, i) => drawSegment(ink, height, width, points[Math.max(0, i - 1)], point, r));
  }
  return { ink, height, width };
}

/** Set each sample whose distance from the segment a–b is at most r. */
function drawSegment(ink, height, width, [ax, ay], [bx, by], r) {
  const [dx, dy] = [bx - ax, by - ay], square = dx * dx + dy * dy;
  const [top, bottom] = [Math.min(ay, by) - r, Math.max(ay, by) + r];
  const [left, right] = [Math.min(ax, bx) - r, Math.max(ax, bx) + r];
  for (let row = Math.max(0, Math.floor(top)); row < Math.min(height, bottom); row++) {
    for (let column = Math.max(0, Math.floor(left)); column < Math.min(width, right); column++) {
      const [px, py] = [column + 0.5 - ax, row + 0.5 - ay];  // from a to the sample's middle
      const t = square ? clip((px * dx + py * dy) / square, 0, 1) : 0;  // its nearest point is a + t (b − a)
      if ((px - t * dx) ** 2 + (py - t * dy) ** 2 <= r * r) ink[row * width + column] = 1;
    }
  }
}

/** The mean of the ink over the area of each pixel of a picture of rows × columns. */
function areaMean({ ink, height, width }, rows, columns) {
  const small = new Float64Array(rows * columns);
  const edge = (i, parts, length) => Math.floor((i * length) / parts + 0.5);
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < columns; c++) {
      const [top, bottom] = [edge(r, rows, height), edge(r + 1, rows, height)];
      const [left, right] = [edge(c, columns, width), edge(c + 1, columns, width)];
      let sum = 0;
      for (let i = top; i < bottom; i++) for (let j = left; j < right; j++) sum += ink[i * width + j];
      small[r * columns + c] = sum / ((bottom - top) * (right - left));
    }
  }
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

/** The picture as the network gets it, 784 numbers from 0 to 1 in steps of 1/255: fitted into 20 × 20, its proportions
 * kept, and its centre of mass on the centre of pixel 14, which is 14.5 from the picture's edge. */
export function toMnistForm(fine) {
  const longest = Math.max(fine.height, fine.width);
  const [rows, columns] = [fine.height, fine.width].map((side) => Math.max(1, rint((BOX * side) / longest)));
  const small = areaMean(fine, rows, columns);
  const [row, column] = centreOfMass(small, columns).map((centre) => rint(14 - centre));
  const [top, left] = [clip(row, 0, SIDE - rows), clip(column, 0, SIDE - columns)];
  const x = new Float64Array(SIDE * SIDE);
  small.forEach((ink, i) => {
    x[(top + Math.floor(i / columns)) * SIDE + left + (i % columns)] = rint(255 * ink) / 255;
  });
  return x;
}

/** Strokes to x; a sheet without a stroke is dark everywhere. */
export const pictureOf = (strokes) =>
  (strokes.length ? toMnistForm(rasterise(strokes)) : new Float64Array(SIDE * SIDE));
