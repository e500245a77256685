// dX = dZ Wᵀ, a sum over the outputs of the layer. Nothing is transposed: W is read at
// [column, k].

@group(0) @binding(1) var<storage, read> dZ: array<f32>;  // rows × inner, row by row
@group(0) @binding(2) var<storage, read> W: array<f32>;  // columns × inner
@group(0) @binding(3) var<storage, read_write> dX: array<f32>;  // rows × columns

const LEFT_ALONG_K = true;  // in both, the next number in memory is that of the next k
const RIGHT_ALONG_K = true;

fn left(row: u32, k: u32) -> f32 { return dZ[row * sizes.inner + k]; }
fn right(k: u32, column: u32) -> f32 { return W[column * sizes.inner + k]; }
fn put(row: u32, column: u32, sum: f32) {
    dX[row * sizes.columns + column] = sum;  // eq-linear-dX
}
// and blocks.wgsl
