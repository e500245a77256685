// Made by tests/figure_data.py; what it is says tests/figure_rows/speed.py.

export const CACHE = 89.95;

export const CALLS = 18.58;

export const FLOAT32 = 160.7;

export const FLOAT64 = 74.98;

export const LIT = 149.9;

export const MEMORY = 14.37;

export const RUNGS = 
  [[1, 784, 7, 2.918], [8, 784, 7, 0.3842], [32, 784, 7, 0.2262], [128, 784, 7, 0.1474], [512, 784, 7, 0.1361], [1,
  149.9, 9, 1.486], [1, 784, 3, 0.6853], [1, 149.9, 3, 0.1143]];
