// Made by tests/figure_data.py; what it is says tests/figure_rows/speed.py.

export const CACHE = 88.14;

export const CALLS = 18.83;

export const FLOAT32 = 151.2;

export const FLOAT64 = 73.92;

export const LIT = 149.9;

export const MEMORY = 13.91;

export const RUNGS = 
  [[1, 784, 7, 3.441], [8, 784, 7, 0.4534], [32, 784, 7, 0.2763], [128, 784, 7, 0.1743], [512, 784, 7, 0.1544], [1,
  149.9, 7, 1.567], [1, 784, 3, 0.7101], [1, 149.9, 3, 0.1167]];
