// db = the sum of each column of dZ.
//
// A group has 16 columns. Its thread (x, y) adds up rows y, y + 16, y + 32, … of column x;
// then one thread of each column adds the 16 sums.

struct Sizes { rows: u32, columns: u32 }

@group(0) @binding(0) var<uniform> sizes: Sizes;
@group(0) @binding(1) var<storage, read> dZ: array<f32>;  // rows × columns
@group(0) @binding(2) var<storage, read_write> db: array<f32>;  // columns

const TILE = 16u;
var<workgroup> sums: array<array<f32, TILE>, TILE>;

@compute @workgroup_size(TILE, TILE)
fn main(@builtin(workgroup_id) group: vec3u,
        @builtin(local_invocation_id) thread: vec3u) {
    let column = TILE * group.x + thread.x;
    var sum = 0.0;
    if (column < sizes.columns) {
        for (var row = thread.y; row < sizes.rows; row += TILE) {
            sum += dZ[row * sizes.columns + column];
        }
    }
    sums[thread.y][thread.x] = sum;
    workgroupBarrier();  // the threads beyond the last column take part too
    if (thread.y == 0u && column < sizes.columns) {
        var total = 0.0;
        for (var y = 0u; y < TILE; y++) {
            total += sums[y][thread.x];
        }
        db[column] = total;  // eq-linear-db
    }
}
