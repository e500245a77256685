// Made by tests/train_data.py.
export const FILES = {
  digits: { name: "digits.bin", bytes: 461138,
    sha256: "dea193cba8729154eb89f7a65cad811195fca8179cd7b5a454b039ab40581aee" },
  test: { name: "test.bin", bytes: 231415,
    sha256: "8146ddcdc1ddceb4f34a5cccaf65dddae689c3e8d8679a50f16b646ece0d1c5c" },
};
