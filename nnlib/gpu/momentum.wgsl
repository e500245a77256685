// v ← βv + g, w ← w − ηv, one weight a thread; Nesterov's step goes along g + βv.

struct Step { eta: f32, beta: f32, nesterov: f32 }

@group(0) @binding(0) var<uniform> step: Step;
@group(0) @binding(1) var<storage, read> g: array<f32>;
@group(0) @binding(2) var<storage, read_write> w: array<f32>;
@group(0) @binding(3) var<storage, read_write> v: array<f32>;

@compute @workgroup_size(256)
fn main(@builtin(global_invocation_id) id: vec3u) {
    let i = id.x;
    if (i >= arrayLength(&w)) { return; }
    v[i] = step.beta * v[i] + g[i];  // eq-momentum
    if (step.nesterov == 0.0) {
        w[i] -= step.eta * v[i];
    } else {
        w[i] -= step.eta * (g[i] + step.beta * v[i]);  // eq-nesterov
    }
}
