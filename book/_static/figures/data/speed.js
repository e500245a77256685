// Made by tests/figure_data.py; what it is says tests/figure_rows/speed.py.

export const CACHE = 89.01;

export const CALLS = 18.7;

export const FLOAT32 = 162.8;

export const FLOAT64 = 78.21;

export const LIT = 149.9;

export const MEMORY = 14.34;

export const RUNGS = 
  [[1, 784, 7, 2.912], [8, 784, 7, 0.391], [32, 784, 7, 0.231], [128, 784, 7, 0.1531], [512, 784, 7, 0.1423], [1,
  149.9, 7, 1.496], [1, 784, 3, 0.6569], [1, 149.9, 3, 0.09847]];
