// A = max(0, Z + b), in place: bias and ReLU in one pass over the numbers, because the
// pass takes the time.

struct Sizes { rows: u32, columns: u32 }

@group(0) @binding(0) var<uniform> sizes: Sizes;
@group(0) @binding(1) var<storage, read> b: array<f32>;  // columns
@group(0) @binding(2) var<storage, read_write> Z: array<f32>;  // rows × columns; afterwards A

@compute @workgroup_size(16, 16)
fn main(@builtin(global_invocation_id) id: vec3u) {
    if (id.y >= sizes.rows || id.x >= sizes.columns) { return; }
    let i = id.y * sizes.columns + id.x;
    Z[i] = max(0.0, Z[i] + b[id.x]);  // eq-linear, eq-relu
}
