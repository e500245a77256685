// Made by tests/figure_data.py; what it is says tests/figure_rows/speed.py.

export const CACHE = 87.22;

export const CALLS = 24.22;

export const FLOAT32 = 140.9;

export const FLOAT64 = 66.6;

export const LIT = 149.9;

export const MEMORY = 13.79;

export const RUNGS = 
  [[1, 784, 7, 4.08], [8, 784, 7, 0.5614], [32, 784, 7, 0.335], [128, 784, 7, 0.2132], [512, 784, 7, 0.1766], [1,
  149.9, 7, 2.053], [1, 784, 3, 0.7818], [1, 149.9, 3, 0.1234]];
