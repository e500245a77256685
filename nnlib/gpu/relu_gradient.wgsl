// dZ = dA where z > 0, and else 0, in place. Of Z only A is left, and a > 0 exactly where
// z > 0.

struct Sizes { rows: u32, columns: u32 }

@group(0) @binding(0) var<uniform> sizes: Sizes;
@group(0) @binding(1) var<storage, read> A: array<f32>;  // rows × columns
@group(0) @binding(2) var<storage, read_write> dA: array<f32>;  // rows × columns; afterwards dZ

@compute @workgroup_size(16, 16)
fn main(@builtin(global_invocation_id) id: vec3u) {
    if (id.y >= sizes.rows || id.x >= sizes.columns) { return; }
    let i = id.y * sizes.columns + id.x;
    if (A[i] <= 0.0) {
        dA[i] = 0.0;  // eq-relu-dZ
    }
}
