// A batch: row i of X is picture rows[i] of all, scaled from 0..255 to 0..1, and labels[i]
// is its label.
//
// Pixels are bytes, and a buffer is made of 32-bit words: four pixels a word, the first of
// them in its lowest bits.

struct Sizes { rows: u32, columns: u32 }

@group(0) @binding(0) var<uniform> sizes: Sizes;
@group(0) @binding(1) var<storage, read> pixels: array<u32>;  // of all pictures
@group(0) @binding(2) var<storage, read> all_labels: array<u32>;
@group(0) @binding(3) var<storage, read> rows: array<u32>;
@group(0) @binding(4) var<storage, read_write> X: array<f32>;  // rows × columns
@group(0) @binding(5) var<storage, read_write> labels: array<u32>;  // rows

@compute @workgroup_size(16, 16)
fn main(@builtin(global_invocation_id) id: vec3u) {
    if (id.y >= sizes.rows || id.x >= sizes.columns) { return; }
    let picture = rows[id.y];
    let byte = picture * sizes.columns + id.x;
    let pixel = (pixels[byte / 4u] >> (8u * (byte % 4u))) & 255u;
    X[id.y * sizes.columns + id.x] = f32(pixel) / 255.0;  // eq-scale
    if (id.x == 0u) {
        labels[id.y] = all_labels[picture];
    }
}
