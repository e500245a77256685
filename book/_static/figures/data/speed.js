// Made by tests/figure_data.py; what it is says tests/figure_rows/speed.py.

export const CACHE = 89.73;

export const CALLS = 19.45;

export const FLOAT32 = 150.3;

export const FLOAT64 = 73.07;

export const LIT = 149.9;

export const MEMORY = 14.23;

export const RUNGS = 
  [[1, 784, 7, 3.186], [8, 784, 7, 0.4102], [32, 784, 7, 0.2392], [128, 784, 7, 0.1607], [512, 784, 7, 0.1455], [1,
  149.9, 7, 1.546], [1, 784, 3, 0.7149], [1, 149.9, 3, 0.1271]];
