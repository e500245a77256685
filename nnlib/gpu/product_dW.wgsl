// dW = Xᵀ dZ, a sum over the rows of the batch: 4 × 4 numbers a thread, as in
// product_blocked.wgsl.
//
// A row of the batch adds something to every number of dW. A thread for each row would add
// into numbers into which others are adding. So here a thread owns numbers of dW: it goes
// through all rows k of the batch, and adds up alone. Nothing is transposed: X is read at
// [k, row].

struct Sizes { rows: u32, inner: u32, columns: u32 }

@group(0) @binding(0) var<uniform> sizes: Sizes;
@group(0) @binding(1) var<storage, read> X: array<f32>;  // inner × rows: inner counts the batch
@group(0) @binding(2) var<storage, read> dZ: array<f32>;  // inner × columns
@group(0) @binding(3) var<storage, read_write> dW: array<f32>;  // rows × columns

const BLOCK = 64u;  // outputs on a side of a group's block
const EACH = 4u;  // outputs on a side of a thread's block: 16 × 16 threads
const DEPTH = 16u;  // products of each sum between two barriers
const PITCH = 17u;  // vectors from one k to the next: 16 in use, and one that spreads
                    // neighbours over the banks of the memory, so that none waits for another
var<workgroup> X_tile: array<vec4f, DEPTH * PITCH>;  // of each k, 64 numbers of X
var<workgroup> dZ_tile: array<vec4f, DEPTH * PITCH>;  // of each k, 64 numbers of dZ

// Outside a matrix there are zeros: they change no sum.
fn x(row: u32, k: u32) -> f32 {
    if (row < sizes.rows && k < sizes.inner) { return X[k * sizes.rows + row]; }
    return 0.0;
}

fn dz(k: u32, column: u32) -> f32 {
    if (k < sizes.inner && column < sizes.columns) { return dZ[k * sizes.columns + column]; }
    return 0.0;
}

fn put(row: u32, column: u32, sums: vec4f) {
    for (var j = 0u; j < EACH; j++) {
        if (row < sizes.rows && column + j < sizes.columns) {
            dW[row * sizes.columns + column + j] = sums[j];  // eq-linear-dW
        }
    }
}

@compute @workgroup_size(16, 16)
fn main(@builtin(workgroup_id) group: vec3u,
        @builtin(local_invocation_id) thread: vec3u) {
    // Of one k a thread fetches 4 numbers of X, from row r on, and 4 of dZ, from column c
    // on. Its neighbour in x fetches what lies beside them: in X the
    // next row, in dZ the next column.
    let r = BLOCK * group.y + EACH * thread.x;
    let c = BLOCK * group.x + EACH * thread.x;
    var sums_0 = vec4f();  // 4 × 4 sums, a row in each
    var sums_1 = vec4f();
    var sums_2 = vec4f();
    var sums_3 = vec4f();
    for (var start = 0u; start < sizes.inner; start += DEPTH) {
        let k = start + thread.y;
        X_tile[PITCH * thread.y + thread.x] =
            vec4f(x(r, k), x(r + 1, k), x(r + 2, k), x(r + 3, k));
        dZ_tile[PITCH * thread.y + thread.x] =
            vec4f(dz(k, c), dz(k, c + 1), dz(k, c + 2), dz(k, c + 3));
        workgroupBarrier();  // fetched by all, before anyone uses it
        for (var i = 0u; i < DEPTH; i++) {
            let left = X_tile[PITCH * i + thread.y];  // 8 numbers
            let right = dZ_tile[PITCH * i + thread.x];
            sums_0 += left.x * right;  // for 16 products
            sums_1 += left.y * right;
            sums_2 += left.z * right;
            sums_3 += left.w * right;
        }
        workgroupBarrier();  // used by all, before anyone fetches the next
    }
    let row = BLOCK * group.y + EACH * thread.y;
    let column = BLOCK * group.x + EACH * thread.x;
    put(row, column, sums_0);
    put(row + 1, column, sums_1);
    put(row + 2, column, sums_2);
    put(row + 3, column, sums_3);
}
