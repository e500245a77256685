// Made by tests/figure_data.py; what it is says tests/figure_rows/speed.py.

export const CACHE = 89.71;

export const CALLS = 18.88;

export const FLOAT32 = 164.0;

export const FLOAT64 = 76.74;

export const LIT = 149.9;

export const MEMORY = 14.62;

export const RUNGS = 
  [[1, 784, 7, 2.992], [8, 784, 7, 0.3963], [32, 784, 7, 0.22], [128, 784, 7, 0.1445], [512, 784, 7, 0.1327], [1,
  149.9, 7, 1.464], [1, 784, 3, 0.6696], [1, 149.9, 3, 0.1099]];
