// Z = X W, 4 × 4 numbers a thread: what the training uses.

@group(0) @binding(1) var<storage, read> X: array<f32>;  // rows × inner, row by row
@group(0) @binding(2) var<storage, read> W: array<f32>;  // inner × columns
@group(0) @binding(3) var<storage, read_write> Z: array<f32>;  // rows × columns

const LEFT_ALONG_K = true;  // X's next number in memory is that of the next k
const RIGHT_ALONG_K = false;  // W's is that of the next column

fn left(row: u32, k: u32) -> f32 { return X[row * sizes.inner + k]; }
fn right(k: u32, column: u32) -> f32 { return W[k * sizes.columns + column]; }
fn put(row: u32, column: u32, sum: f32) {
    Z[row * sizes.columns + column] = sum;  // eq-linear
}
// and blocks.wgsl
