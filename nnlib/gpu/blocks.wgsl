// A product of two matrices, 4 × 4 numbers a thread, and 64 × 64 a group.
//
// With one number a thread, each product needs two numbers from the group's
// memory, and fetching them takes longer than multiplying. Here a thread
// fetches 4 numbers of the left matrix and 4 of the right one, and uses each
// four times: 16 products for 8 numbers. The 16 sums stay in its registers.
//
// It is the second half of product_blocked.wgsl, product_dW.wgsl and
// product_dX.wgsl. They say what left(row, k) and right(k, column) are, within
// their matrices, where a sum is put, and in which matrix a neighbour in k is a
// neighbour in memory.

struct Sizes { rows: u32, inner: u32, columns: u32 }

@group(0) @binding(0) var<uniform> sizes: Sizes;

const BLOCK = 64u;  // outputs on a side of a group's block
const EACH = 4u;  // outputs on a side of a thread's block: 16 × 16 threads
const DEPTH = 16u;  // products of each sum between two barriers
// Vectors from one k to the next: 16 in use, and one that spreads neighbours
// over the banks of the memory, so that none waits for another.
const PITCH = 17u;
var<workgroup> left_tile: array<vec4f, DEPTH * PITCH>;  // of each k, 64 numbers
var<workgroup> right_tile: array<vec4f, DEPTH * PITCH>;

// Outside a matrix there are zeros: they change no sum.
fn left_or_zero(row: u32, k: u32) -> f32 {
    if (row < sizes.rows && k < sizes.inner) { return left(row, k); }
    return 0.0;
}

fn right_or_zero(k: u32, column: u32) -> f32 {
    if (k < sizes.inner && column < sizes.columns) { return right(k, column); }
    return 0.0;
}

fn put_four(row: u32, column: u32, sums: vec4f) {
    for (var j = 0u; j < EACH; j++) {
        if (row < sizes.rows && column + j < sizes.columns) {
            put(row, column + j, sums[j]);
        }
    }
}

@compute @workgroup_size(16, 16)
fn main(@builtin(workgroup_id) group: vec3u,
        @builtin(local_invocation_id) thread: vec3u) {
    // Which four numbers a thread fetches, and of which k: its neighbour in x
    // fetches what lies beside them in memory.
    let L = select(thread.xy, thread.yx, LEFT_ALONG_K);
    let R = select(thread.xy, thread.yx, RIGHT_ALONG_K);
    let r = BLOCK * group.y + EACH * L.x;
    let c = BLOCK * group.x + EACH * R.x;
    var sums_0 = vec4f();  // 4 × 4 sums, a row in each
    var sums_1 = vec4f();
    var sums_2 = vec4f();
    var sums_3 = vec4f();
    for (var start = 0u; start < sizes.inner; start += DEPTH) {
        let k = start + L.y;
        left_tile[PITCH * L.y + L.x] = vec4f(
            left_or_zero(r, k), left_or_zero(r + 1, k),
            left_or_zero(r + 2, k), left_or_zero(r + 3, k));
        let l = start + R.y;
        right_tile[PITCH * R.y + R.x] = vec4f(
            right_or_zero(l, c), right_or_zero(l, c + 1),
            right_or_zero(l, c + 2), right_or_zero(l, c + 3));
        workgroupBarrier();  // fetched by all, before anyone uses it
        for (var i = 0u; i < DEPTH; i++) {
            let four = left_tile[PITCH * i + thread.y];  // 8 numbers
            let others = right_tile[PITCH * i + thread.x];
            sums_0 += four.x * others;  // for 16 products
            sums_1 += four.y * others;
            sums_2 += four.z * others;
            sums_3 += four.w * others;
        }
        workgroupBarrier();  // used by all, before anyone fetches the next
    }
    let row = BLOCK * group.y + EACH * thread.y;
    let column = BLOCK * group.x + EACH * thread.x;
    put_four(row, column, sums_0);
    put_four(row + 1, column, sums_1);
    put_four(row + 2, column, sums_2);
    put_four(row + 3, column, sums_3);
}
