// Z = X W, one number a thread.
//
// Thread (column, row) owns one number of Z and adds up its whole sum, from a
// row of X and a column of W: two numbers for each product. Others read the
// same numbers again: each of X is read `columns` times, each of W `rows`
// times. Matrices lie row by row.

struct Sizes { rows: u32, inner: u32, columns: u32 }

@group(0) @binding(0) var<uniform> sizes: Sizes;
@group(0) @binding(1) var<storage, read> X: array<f32>;  // rows × inner
@group(0) @binding(2) var<storage, read> W: array<f32>;  // inner × columns
@group(0) @binding(3) var<storage, read_write> Z: array<f32>;

@compute @workgroup_size(16, 16)
fn main(@builtin(global_invocation_id) id: vec3u) {
    let column = id.x;  // neighbours in x read and write side by side
    let row = id.y;
    if (row >= sizes.rows || column >= sizes.columns) {
        return;  // the guard: the last groups reach over the edge
    }
    var sum = 0.0;
    for (var k = 0u; k < sizes.inner; k++) {
        sum += X[row * sizes.inner + k] * W[k * sizes.columns + column];
    }
    Z[row * sizes.columns + column] = sum;  // eq-linear
}
