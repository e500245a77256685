// dW = Xᵀ dZ, a sum over the rows of the batch.
//
// A row of the batch adds something to every number of dW. A thread for each
// row would add into numbers into which others are adding. So here a thread
// owns numbers of dW: it goes through all rows k of the batch, and adds up
// alone. Nothing is transposed: X is read at [k, row]. inner counts the batch.

@group(0) @binding(1) var<storage, read> X: array<f32>;  // inner × rows
@group(0) @binding(2) var<storage, read> dZ: array<f32>;  // inner × columns
@group(0) @binding(3) var<storage, read_write> dW: array<f32>;

const LEFT_ALONG_K = false;  // X's next number is that of the next row of dW
const RIGHT_ALONG_K = false;  // dZ's is that of the next column

fn left(row: u32, k: u32) -> f32 { return X[k * sizes.rows + row]; }
fn right(k: u32, column: u32) -> f32 { return dZ[k * sizes.columns + column]; }
fn put(row: u32, column: u32, sum: f32) {
    dW[row * sizes.columns + column] = sum;  // eq-linear-dW
}
// and blocks.wgsl
