// A drawing keeps its words legible on a phone: the rule of _ext/picture_width.py, for drawings that a reader makes.

const LEAST = 9; // pixels
const PIXELS = 4 / 3; // in a point

/** At how many pixels' width the smallest words of a drawing are LEAST high; null where it has no words. */
export function leastWidth(svg) {
  const width = svg.match(/<svg\b[^>]*?\swidth="([\d.]+)pt"/);
  const sizes = [...svg.matchAll(/scale\((0?\.\d+) -\1\)/g)].map((found) => 100 * PIXELS * Number(found[1]));
  if (!width || !sizes.length) return null;
  return Math.ceil((LEAST / Math.min(...sizes)) * PIXELS * Number(width[1]) - 1e-6); // what rounding adds is no pixel
}
