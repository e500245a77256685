// Z = X W, one number a thread, from tiles that a group of 16 × 16 threads
// shares.
//
// The sum is cut into pieces of 16. For each, every thread fetches one number
// of X and one of W into the group's own memory, and then all 256 use them: 512
// numbers are fetched for 4,096 products. Each of X and W is read from far away
// a sixteenth as often.

struct Sizes { rows: u32, inner: u32, columns: u32 }

@group(0) @binding(0) var<uniform> sizes: Sizes;
@group(0) @binding(1) var<storage, read> X: array<f32>;  // rows × inner
@group(0) @binding(2) var<storage, read> W: array<f32>;  // inner × columns
@group(0) @binding(3) var<storage, read_write> Z: array<f32>;

const TILE = 16u;
var<workgroup> X_tile: array<array<f32, TILE>, TILE>;
var<workgroup> W_tile: array<array<f32, TILE>, TILE>;

// Outside a matrix there are zeros: they change no sum.
fn x(row: u32, k: u32) -> f32 {
    if (row < sizes.rows && k < sizes.inner) {
        return X[row * sizes.inner + k];
    }
    return 0.0;
}

fn w(k: u32, column: u32) -> f32 {
    if (k < sizes.inner && column < sizes.columns) {
        return W[k * sizes.columns + column];
    }
    return 0.0;
}

@compute @workgroup_size(TILE, TILE)
fn main(@builtin(workgroup_id) group: vec3u,
        @builtin(local_invocation_id) thread: vec3u) {
    let column = TILE * group.x + thread.x;
    let row = TILE * group.y + thread.y;
    var sum = 0.0;
    // Every thread takes part in all pieces, those outside Z too: a barrier
    // waits for all.
    for (var start = 0u; start < sizes.inner; start += TILE) {
        X_tile[thread.y][thread.x] = x(row, start + thread.x);
        W_tile[thread.y][thread.x] = w(start + thread.y, column);
        workgroupBarrier();  // fetched by all, before anyone uses it
        for (var k = 0u; k < TILE; k++) {
            sum += X_tile[thread.y][k] * W_tile[k][thread.x];
        }
        workgroupBarrier();  // used by all, before anyone fetches the next
    }
    if (row < sizes.rows && column < sizes.columns) {
        Z[row * sizes.columns + column] = sum;  // eq-linear
    }
}
