// How often the networks of chapters 08 and 17 were right on the 10,000 test digits, by their confidence
// (chapter 09). Made by tests/make_digit.py.
export const TESTED = {
  dense: [
    { from: 0, to: 0.5, count: 36, right: 16 },
    { from: 0.5, to: 0.6, count: 91, right: 56 },
    { from: 0.6, to: 0.7, count: 86, right: 54 },
    { from: 0.7, to: 0.8, count: 88, right: 67 },
    { from: 0.8, to: 0.9, count: 170, right: 146 },
    { from: 0.9, to: 0.95, count: 194, right: 175 },
    { from: 0.95, to: 0.99, count: 531, right: 513 },
    { from: 0.99, to: 0.999, count: 1380, right: 1364 },
    { from: 0.999, to: 1, count: 7424, right: 7424 },
  ],
  convolution: [
    { from: 0, to: 0.5, count: 5, right: 4 },
    { from: 0.5, to: 0.6, count: 22, right: 9 },
    { from: 0.6, to: 0.7, count: 35, right: 21 },
    { from: 0.7, to: 0.8, count: 31, right: 23 },
    { from: 0.8, to: 0.9, count: 69, right: 54 },
    { from: 0.9, to: 0.95, count: 91, right: 81 },
    { from: 0.95, to: 0.99, count: 221, right: 211 },
    { from: 0.99, to: 0.999, count: 562, right: 559 },
    { from: 0.999, to: 1, count: 8964, right: 8961 },
  ],
};
