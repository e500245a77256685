// Made by tests/figure_data.py; what it is says tests/figure_rows/speed.py.

export const CACHE = 98.33;

export const CALLS = 18.66;

export const FLOAT32 = 148.1;

export const FLOAT64 = 74.81;

export const LIT = 149.9;

export const MEMORY = 13.87;

export const RUNGS = 
  [[1, 784, 7, 3.117], [8, 784, 7, 0.443], [32, 784, 7, 0.2671], [128, 784, 7, 0.1745], [512, 784, 7, 0.1588], [1,
  149.9, 7, 1.623], [1, 784, 3, 0.7118], [1, 149.9, 3, 0.147]];
