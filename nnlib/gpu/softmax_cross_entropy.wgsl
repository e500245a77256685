// The loss of each row of scores, and the gradient of the mean of all: a row a
// thread.
//
// The highest score is taken off first, so that no exponential is above 1 and
// their sum is at least 1: scores of ±10,000 do no harm.

struct Sizes { rows: u32, classes: u32, smoothing: f32 }

@group(0) @binding(0) var<uniform> sizes: Sizes;
@group(0) @binding(1) var<storage, read> Z: array<f32>;  // rows × classes
@group(0) @binding(2) var<storage, read> labels: array<u32>;  // rows
@group(0) @binding(3) var<storage, read_write> losses: array<f32>;  // rows
@group(0) @binding(4) var<storage, read_write> dZ: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
    let row = id.x;
    if (row >= sizes.rows) { return; }
    let first = row * sizes.classes;
    var highest = Z[first];
    for (var k = 1u; k < sizes.classes; k++) {
        highest = max(highest, Z[first + k]);
    }
    var total = 0.0;
    for (var k = 0u; k < sizes.classes; k++) {
        total += exp(Z[first + k] - highest);
    }
    var loss = 0.0;
    for (var k = 0u; k < sizes.classes; k++) {
        let z = Z[first + k] - highest;
        let p = exp(z) / total;  // eq-softmax
        var y = sizes.smoothing / f32(sizes.classes);  // eq-label-smoothing
        if (k == labels[row]) { y += 1.0 - sizes.smoothing; }
        loss += y * (log(total) - z);  // eq-softmax-cross-entropy
        dZ[first + k] = (p - y) / f32(sizes.rows);  // eq-softmax-cross-entropy-dZ
    }
    losses[row] = loss;
}
