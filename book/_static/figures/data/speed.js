// Made by tests/figure_data.py; what it is says tests/figure_rows/speed.py.

export const CACHE = 89.72;

export const CALLS = 19.38;

export const FLOAT32 = 151.4;

export const FLOAT64 = 71.41;

export const LIT = 149.9;

export const MEMORY = 14.24;

export const RUNGS = 
  [[1, 784, 7, 3.219], [8, 784, 7, 0.4293], [32, 784, 7, 0.2472], [128, 784, 7, 0.166], [512, 784, 7, 0.1478], [1,
  149.9, 7, 1.564], [1, 784, 3, 0.7182], [1, 149.9, 3, 0.1332]];
