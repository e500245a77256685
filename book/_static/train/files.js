// Made by tests/train_data.py.
export const FILES = {
  digits: { name: "digits.bin", bytes: 461138,
    sha256: "dea193cba8729154eb89f7a65cad811195fca8179cd7b5a454b039ab40581aee" },
  test: { name: "test.bin", bytes: 231415,
    sha256: "8146ddcdc1ddceb4f34a5cccaf65dddae689c3e8d8679a50f16b646ece0d1c5c" },
  images: { name: "images.bin", bytes: 1616508,
    sha256: "1a1a05eab793c14bb050b398624a11b0ffd1a2953baed553b1b9bd079e2a20be" },
  labels: { name: "labels.bin", bytes: 4517,
    sha256: "b91679a0acfe4ba0e50a2437a903084cba1f5f92592b016a25a7dfd00455798b" },
};
