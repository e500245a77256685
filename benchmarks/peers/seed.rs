// The system that this book teaches, as it stands at its beginning: 784-64-10 in Rust's standard library alone, one
// digit at a time, from the equations of Part I. Every array has 32-bit numbers and is dense.
//
//     rustc --edition 2021 -C opt-level=3 -o seed seed.rs
//     ./seed FOLDER EPOCHS RATE by-unit | by-row | in-place
//
// FOLDER holds `train.pixels` and `test.pixels`, 784 bytes a digit, `train.labels` and `test.labels`, one byte a digit,
// and `weights`: W1 (784 x 64), b1, W2 (64 x 10), b2, row after row, of four bytes each with the lowest first. It
// prints a line an epoch, and writes `trained`, in the form of `weights`. Digits come in the order of the file.
//
// Three forms, with the same numbers to the last bit. `by-unit`: as the equations read, each unit has its sum over the
// pixels, one after the other; backward returns four gradients, and update subtracts them. `by-row`: the two loops of
// the sums are exchanged, so that memory is read in its own order and the compiler can add many units at once.
// `in-place`: and each weight moves as soon as its gradient is known, so that no gradient is stored.

use std::env;
use std::fs;
use std::io;
use std::path::Path;
use std::time::Instant;

const D: usize = 784;
const H: usize = 64;
const K: usize = 10;

struct Net {
    w1: Vec<f32>, // (D, H)
    b1: Vec<f32>, // (H)
    w2: Vec<f32>, // (H, K)
    b2: Vec<f32>, // (K)
}

struct States {
    z1: Vec<f32>, // (H)
    a1: Vec<f32>, // (H)
    a2: Vec<f32>, // (K), the probabilities
}

struct Grads {
    w1: Vec<f32>,
    b1: Vec<f32>,
    w2: Vec<f32>,
    b2: Vec<f32>,
}

/// x W, of a row x and a matrix W with `columns` columns: one sum after the other.
fn times_by_unit(x: &[f32], w: &[f32], columns: usize) -> Vec<f32> {
    (0..columns).map(|j| {
        x.iter().enumerate().map(|(i, &xi)| xi * w[i * columns + j]).sum()
    }).collect()
}

/// The same, row by row of W.
fn times_by_row(x: &[f32], w: &[f32], columns: usize) -> Vec<f32> {
    let mut z = vec![0.0; columns];
    for (&xi, row) in x.iter().zip(w.chunks_exact(columns)) {
        for (zj, &wij) in z.iter_mut().zip(row) {
            *zj += xi * wij;
        }
    }
    z
}

/// The matrix of all products of an entry of a and an entry of b.
fn outer(a: &[f32], b: &[f32]) -> Vec<f32> {
    let mut product = Vec::with_capacity(a.len() * b.len());
    for &ai in a {
        product.extend(b.iter().map(|&bj| ai * bj));
    }
    product
}

fn add(z: &mut [f32], b: &[f32]) {
    for (zj, &bj) in z.iter_mut().zip(b) {
        *zj += bj;
    }
}

/// w minus eta times g, in place.
fn descend(w: &mut [f32], eta: f32, g: &[f32]) {
    for (wi, &gi) in w.iter_mut().zip(g) {
        *wi -= eta * gi;
    }
}

fn softmax(z: &[f32]) -> Vec<f32> {
    let largest = z.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let mut e: Vec<f32> = z.iter().map(|&zk| (zk - largest).exp()).collect();
    let total: f32 = e.iter().sum();
    for ek in e.iter_mut() {
        *ek /= total;
    }
    e
}

fn argmax(a: &[f32]) -> usize {
    (1..a.len()).fold(0, |best, k| if a[k] > a[best] { k } else { best })
}

impl Net {
    fn forward(&self, x: &[f32], times: fn(&[f32], &[f32], usize) -> Vec<f32>) -> States {
        let mut z1 = times(x, &self.w1, H);
        add(&mut z1, &self.b1);
        let a1: Vec<f32> = z1.iter().map(|&z| z.max(0.0)).collect();
        let mut z2 = times(&a1, &self.w2, K);
        add(&mut z2, &self.b2);
        let a2 = softmax(&z2);
        States { z1, a1, a2 }
    }

    /// The gradients of the scores and of the hidden units' sums.
    fn errors(&self, y: usize, s: &States) -> (Vec<f32>, Vec<f32>) {
        let mut dz2 = s.a2.clone();
        dz2[y] -= 1.0;
        let mut dz1 = vec![0.0; H];
        for ((dj, row), &z) in dz1.iter_mut().zip(self.w2.chunks_exact(K)).zip(&s.z1) {
            if z > 0.0 {
                *dj = row.iter().zip(&dz2).map(|(&w, &d)| w * d).sum();
            }
        }
        (dz1, dz2)
    }

    fn backward(&self, x: &[f32], y: usize, s: &States) -> Grads {
        let (dz1, dz2) = self.errors(y, s);
        Grads { w1: outer(x, &dz1), w2: outer(&s.a1, &dz2), b1: dz1, b2: dz2 }
    }

    fn update(&mut self, g: &Grads, eta: f32) {
        descend(&mut self.w1, eta, &g.w1);
        descend(&mut self.b1, eta, &g.b1);
        descend(&mut self.w2, eta, &g.w2);
        descend(&mut self.b2, eta, &g.b2);
    }

    /// `backward` and `update` at once.
    fn move_in_place(&mut self, x: &[f32], y: usize, s: &States, eta: f32) {
        let (dz1, dz2) = self.errors(y, s);
        for (&xi, row) in x.iter().zip(self.w1.chunks_exact_mut(H)) {
            for (w, &d) in row.iter_mut().zip(&dz1) {
                *w -= eta * (xi * d);
            }
        }
        for (&ai, row) in s.a1.iter().zip(self.w2.chunks_exact_mut(K)) {
            for (w, &d) in row.iter_mut().zip(&dz2) {
                *w -= eta * (ai * d);
            }
        }
        descend(&mut self.b1, eta, &dz1);
        descend(&mut self.b2, eta, &dz2);
    }
}

/// Pixels from 0 to 1, and labels.
fn digits(folder: &Path, name: &str) -> io::Result<(Vec<f32>, Vec<usize>)> {
    let pixels = fs::read(folder.join(format!("{name}.pixels")))?;
    let labels = fs::read(folder.join(format!("{name}.labels")))?;
    assert_eq!(pixels.len(), D * labels.len(), "expected {D} bytes a digit in {name}.pixels");
    assert!(labels.iter().all(|&y| (y as usize) < K), "expected labels from 0 to 9 in {name}.labels");
    let scaled = pixels.iter().map(|&p| p as f32 / 255.0).collect();
    Ok((scaled, labels.iter().map(|&y| y as usize).collect()))
}

fn main() -> io::Result<()> {
    let args: Vec<String> = env::args().collect();
    assert_eq!(args.len(), 5, "expected FOLDER EPOCHS RATE FORM");
    let folder = Path::new(&args[1]);
    let epochs: usize = args[2].parse().expect("expected a whole number of epochs");
    let eta: f32 = args[3].parse().expect("expected a number for the step size");
    let (times, in_place): (fn(&[f32], &[f32], usize) -> Vec<f32>, bool) = match args[4].as_str() {
        "by-unit" => (times_by_unit, false),
        "by-row" => (times_by_row, false),
        "in-place" => (times_by_row, true),
        other => panic!("expected by-unit, by-row or in-place, got {other}"),
    };

    let bytes = fs::read(folder.join("weights"))?;
    assert_eq!(bytes.len(), 4 * (D * H + H + H * K + K), "expected 50,890 numbers in weights");
    let mut numbers = bytes.chunks_exact(4).map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]]));
    let mut take = |count: usize| numbers.by_ref().take(count).collect::<Vec<f32>>();
    let mut net = Net { w1: take(D * H), b1: take(H), w2: take(H * K), b2: take(K) };

    let (pixels, labels) = digits(folder, "train")?;
    for epoch in 0..epochs {
        let (start, mut loss, mut right) = (Instant::now(), 0.0, 0);
        for (x, &y) in pixels.chunks_exact(D).zip(&labels) {
            let states = net.forward(x, times);
            loss -= (states.a2[y] as f64).ln();
            right += (argmax(&states.a2) == y) as usize;
            if in_place {
                net.move_in_place(x, y, &states, eta);
            } else {
                let grads = net.backward(x, y, &states);
                net.update(&grads, eta);
            }
        }
        let n = labels.len() as f64;
        let seconds = start.elapsed().as_secs_f64();
        println!("epoch {epoch} loss {:.6} accuracy {:.6} seconds {seconds:.4}", loss / n, right as f64 / n);
    }

    let (pixels, labels) = digits(folder, "test")?;
    let right = pixels.chunks_exact(D).zip(&labels).filter(|(x, &y)| argmax(&net.forward(x, times).a2) == y).count();
    println!("test accuracy {:.6}", right as f64 / labels.len() as f64);
    let trained = [net.w1, net.b1, net.w2, net.b2].concat();
    fs::write(folder.join("trained"), trained.iter().flat_map(|w| w.to_le_bytes()).collect::<Vec<u8>>())
}
