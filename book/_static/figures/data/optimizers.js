// Made by tests/figure_data.py; what it is says tests/figure_rows/optimizers.py.

export const BEST = {
  bowl: [0.018, 0.0045, 0.005, 0.089, 0.063],
  turned: [0.018, 0.0045, 0.005, 0.089, 0.71],
  valley: [0.0025, 0.0013, 0.0014, 0.079, 0.79],
};
