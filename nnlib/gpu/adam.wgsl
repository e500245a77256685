// Adam, one weight a thread: m and s are the running means of g and g².
//
// What is the same for all weights comes with the step: η divided by 1 − β₁ᵗ, and
// root = √(1 − β₂ᵗ), which correct for the start at 0. The shares 1 − β₁ and 1 − β₂ too:
// 1 − 0.999, taken here in 32 bits, would be wrong in the fifth digit.

struct Step {
    eta: f32, beta1: f32, share1: f32, beta2: f32, share2: f32, root: f32, eps: f32,
}

@group(0) @binding(0) var<uniform> step: Step;
@group(0) @binding(1) var<storage, read> g: array<f32>;
@group(0) @binding(2) var<storage, read_write> w: array<f32>;
@group(0) @binding(3) var<storage, read_write> m: array<f32>;
@group(0) @binding(4) var<storage, read_write> s: array<f32>;

@compute @workgroup_size(256)
fn main(@builtin(global_invocation_id) id: vec3u) {
    let i = id.x;
    if (i >= arrayLength(&w)) { return; }
    m[i] = step.beta1 * m[i] + step.share1 * g[i];  // eq-adam-means
    s[i] = step.beta2 * s[i] + step.share2 * g[i] * g[i];  // eq-adam-means
    w[i] -= step.eta * m[i] / (sqrt(s[i]) / step.root + step.eps);  // eq-adam
}
