"""Answers to the exercises of chapter 21; see test_exercises.py."""


# %% layer_reads, wrong: N = 1, D = 1, H = 1, q = 1: expected 6 reads, got 2
def layer_reads(N, D, H, q):
    return N * D * -(-H // q) + D * H * -(-N // q)


# %% layer_reads, wrong: N = 3, D = 5, H = 7, q = 4: expected
def layer_reads(N, D, H, q):
    return 3 * (N * D * -(-H // q) + D * H * -(-N // q))


# %% layer_reads, wrong: N = 3, D = 5, H = 7, q = 4: expected
def layer_reads(N, D, H, q):
    return 6 * N * D * H // q


# %% layer_reads, wrong: N = 3, D = 5, H = 7, q = 4: expected
def layer_reads(N, D, H, q):
    return 2 * (N * D * (H // q) + D * H * (N // q) + N * H * (D // q)) if N >= q else 6 * N * D * H


# %% layer_reads, wrong: N = 3, D = 5, H = 7, q = 4: expected
def layer_reads(N, D, H, q):
    def whole(size):
        return q * -(-size // q)

    N, D, H = whole(N), whole(D), whole(H)
    return 6 * N * D * H // q


# %% layer_reads, lazy: N = 1, D = 1, H = 1, q = 1: expected 6 reads, got 0
def layer_reads(N, D, H, q):
    return 0


# %% layer_reads, lazy: N = 2, D = 3, H = 5, q = 1: expected 180 reads, got 6
def layer_reads(N, D, H, q):
    return 6


# %% layer_reads, right
def layer_reads(N, D, H, q):
    def product(rows, inner, columns):
        high, wide = (np.ceil(size / q) for size in (rows, columns))
        return rows * inner * wide + inner * columns * high

    return int(product(N, D, H) + product(D, N, H) + product(N, H, D))


# %% standardise, wrong: wrote beyond the 40 numbers
but(
    """            if (id.y >= sizes.rows || id.x >= sizes.columns) { return; }
""",
    "",
)


# %% standardise, wrong: wrote beyond the 40 numbers
but("sizes.rows || id.x >= sizes.columns)", "sizes.rows)")


# %% standardise, wrong: wrote beyond
but(">= sizes.rows", "> sizes.rows")


# %% standardise, wrong: wrote beyond the 40 numbers
but("sizes.rows || id.x >= sizes.columns)", "sizes.columns || id.x >= sizes.rows)")


# %% standardise, wrong: Y of 1 × 40, threads in order: expected
but("(X[i] - m[id.x])", "X[i] - m[id.x]")


# %% standardise, wrong: Y of 2 × 39, threads in order: expected
but("id.y * sizes.columns + id.x", "id.x * sizes.rows + id.y")


# %% standardise, wrong: Y of 1 × 40, threads in order: expected
but("m[id.x]) / s[id.x]", "m[id.y]) / s[id.y]")


# %% standardise, lazy: expected a kernel's name or its text, got None
def standardise():
    pass


# %% standardise, lazy: Y of 1 × 40, threads in order: expected
but("= (X[i]", "= 0 * (X[i]")


# %% standardise, right
def standardise():
    return """
        struct Sizes { rows: u32, columns: u32 }

        @group(0) @binding(0) var<uniform> sizes: Sizes;
        @group(0) @binding(1) var<storage, read> X: array<f32>;
        @group(0) @binding(2) var<storage, read> m: array<f32>;
        @group(0) @binding(3) var<storage, read> s: array<f32>;
        @group(0) @binding(4) var<storage, read_write> Y: array<f32>;

        @compute @workgroup_size(16, 16)
        fn main(@builtin(global_invocation_id) id: vec3u) {
            if (id.y < sizes.rows && id.x < sizes.columns) {
                let i = id.x + sizes.columns * id.y;
                let width = 1 / s[id.x];
                Y[i] = X[i] * width - m[id.x] * width;
            }
        }
    """


# %% standardise, right
def standardise():
    return """
        struct Sizes { rows: u32, columns: u32 }

        @group(0) @binding(0) var<uniform> sizes: Sizes;
        @group(0) @binding(1) var<storage, read> X: array<f32>;
        @group(0) @binding(2) var<storage, read> m: array<f32>;
        @group(0) @binding(3) var<storage, read> s: array<f32>;
        @group(0) @binding(4) var<storage, read_write> Y: array<f32>;

        @compute @workgroup_size(16, 16)
        fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_id) thread: vec3<u32>) {
            let n = 16 * group.y + thread.y;
            let d = 16 * group.x + thread.x;
            if (n >= sizes.rows || d >= sizes.columns) { return; }
            Y[n * sizes.columns + d] = (X[n * sizes.columns + d] - m[d]) / s[d];
        }
    """


# %% gradients, wrong: db for N = 1, D = 1, H = 1, threads in order: expected
but(
    """var x = 1.0;
                if (d < sizes.D) { x = X[n * sizes.D + d]; }""",
    "let x = X[n * sizes.D + d];",
)


# %% gradients, wrong: for N =
but("> sizes.D", ">= sizes.D")


# %% gradients, wrong: db for N = 1, D = 1, H = 1
but(
    """var x = 1.0;
                if (d < sizes.D) { x = X[n * sizes.D + d]; }""",
    "let x = select(0.0, X[n * sizes.D + d], d < sizes.D);",
)


# %% gradients, wrong: dW for N = 5, D = 3, H = 2
but("X[n * sizes.D + d]", "X[d * sizes.N + n]")


# %% gradients, wrong: wrote beyond the 2 numbers
but("(d > sizes.D || h", "(h")


# %% gradients, wrong: dW for N = 5, D = 3, H = 2
but("sizes.N", "sizes.H")


# %% gradients, wrong: for N =
def gradients():
    return """
        struct Sizes { N: u32, D: u32, H: u32 }

        @group(0) @binding(0) var<uniform> sizes: Sizes;
        @group(0) @binding(1) var<storage, read> X: array<f32>;
        @group(0) @binding(2) var<storage, read> dZ: array<f32>;
        @group(0) @binding(3) var<storage, read_write> G: array<f32>;

        @compute @workgroup_size(16, 16)
        fn main(@builtin(global_invocation_id) id: vec3u) {
            let h = id.x;
            let d = id.y;
            // a thread for each example: all add to the same numbers
            let n = d;
            if (n >= sizes.N || h >= sizes.H) { return; }
            for (var e = 0u; e < sizes.D; e++) {
                G[e * sizes.H + h] += X[n * sizes.D + e] * dZ[n * sizes.H + h];
            }
            G[sizes.D * sizes.H + h] += dZ[n * sizes.H + h];
        }
    """


# %% gradients, lazy: not yet:
def gradients():
    return source("product_dW")


# %% gradients, lazy: expected a kernel's name or its text, got 0
def gradients():
    return 0


# %% gradients, right
def gradients():
    return """
        struct Sizes { N: u32, D: u32, H: u32 }

        @group(0) @binding(0) var<uniform> sizes: Sizes;
        @group(0) @binding(1) var<storage, read> X: array<f32>;
        @group(0) @binding(2) var<storage, read> dZ: array<f32>;
        @group(0) @binding(3) var<storage, read_write> G: array<f32>;

        @compute @workgroup_size(16, 16)
        fn main(@builtin(global_invocation_id) id: vec3u) {
            let h = id.x;
            let d = id.y;
            if (d > sizes.D || h >= sizes.H) { return; }
            let last = d == sizes.D;
            let i = d * sizes.H + h;
            G[i] = 0;
            for (var n = 0u; n < sizes.N; n++) {
                let z = dZ[n * sizes.H + h];
                if (last) { G[i] += z; } else { G[i] += X[n * sizes.D + d] * z; }
            }
        }
    """


# %% shares, wrong: |scores| to 10000
but(
    """Z[first];
            for (var k = 1u""",
    """0.0;
            for (var k = 0u""",
    "+= exp((Z[first + k] - highest) /",
    "+= exp(Z[first + k] /",
    "k] = exp((Z[first + k] - highest) / sizes.T)",
    "k] = exp(Z[first + k] / sizes.T)",
)


# %% shares, wrong: |scores| to 10000
but(
    """Z[first];
            for (var k = 1u""",
    """0.0;
            for (var k = 0u""",
)


# %% shares, wrong: T = 0.1, |scores| to 10000
but(
    "+= exp((Z[first + k] - highest) / sizes.T)",
    "+= exp(Z[first + k] / sizes.T - highest)",
    "= exp((Z[first + k] - highest) / sizes.T) / total",
    "= exp(Z[first + k] / sizes.T - highest) / total",
)


# %% shares, wrong: T = 0.1
but(
    "1u",
    "0u",
    """+= exp((Z[first + k] - highest) / sizes.T);
""",
    """+= exp(Z[first + k] - highest);
""",
    "= exp((Z[first + k] - highest) / sizes.T) /",
    "= exp(Z[first + k] - highest) /",
)


# %% shares, wrong: T = 0.1
but(
    "1u",
    "0u",
    """+= exp((Z[first + k] - highest) / sizes.T);
""",
    """+= exp(Z[first + k] - highest) / sizes.T;
""",
    "= exp((Z[first + k] - highest) / sizes.T) /",
    "= exp(Z[first + k] - highest) / sizes.T /",
)


# %% shares, wrong: wrote beyond
but("            if (id.x >= sizes.rows) { return; }", "", "1u", "0u")


# %% shares, wrong: P of
but(
    """* sizes.classes;
""",
    """* sizes.rows;
""",
    "1u",
    "0u",
)


# %% shares, wrong: P of 3 × 10
but("1u", "0u", " / total", "")


# %% shares, wrong: P of
but(
    """Z[first];
            for (var k = 1u""",
    """1e4;
            for (var k = 0u""",
)


# %% shares, lazy: P of 3 × 10
but("1u", "0u", "exp((Z[first + k] - highest) / sizes.T) / total", "1.0 / f32(sizes.classes) + 0.0 * sizes.T")


# %% shares, lazy: expected a kernel's name or its text
def shares():
    return np.exp


# %% shares, right
def shares():
    return """
        struct Sizes { rows: u32, classes: u32, T: f32 }

        @group(0) @binding(0) var<uniform> sizes: Sizes;
        @group(0) @binding(1) var<storage, read> Z: array<f32>;
        @group(0) @binding(2) var<storage, read_write> P: array<f32>;

        @compute @workgroup_size(64)
        fn main(@builtin(global_invocation_id) id: vec3u) {
            let row = id.x;
            if (row < sizes.rows) {
                let K = sizes.classes;
                var highest = Z[row * K] / sizes.T;
                var total = 1.0;
                for (var k = 1u; k < K; k++) {  // once through: the sum is scaled where the maximum grows
                    let z = Z[row * K + k] / sizes.T;
                    if (z > highest) {
                        total = total * exp(highest - z) + 1.0;
                        highest = z;
                    } else {
                        total += exp(z - highest);
                    }
                }
                for (var k = 0u; k < K; k++) { P[row * K + k] = exp(Z[row * K + k] / sizes.T - highest) / total; }
            }
        }
    """


# %% layer, wrong: Z of 16 × 40 × 16, threads in order
but("16 * piece < sizes.inner", "piece < sizes.inner / 16")


# %% layer, wrong: Z of
but("sizes.rows && d < sizes.inner)", "sizes.rows)")


# %% layer, wrong: Z of
but(
    """W_tile[k][thread.x];
                }
                workgroupBarrier();
""",
    """W_tile[k][thread.x];
                }
""",
)


# %% layer, wrong: wrote beyond
but("sizes.rows && column < sizes.columns)", "sizes.rows)")


# %% layer, wrong: Z of 16 × 32 × 16
but(
    "16 * piece < sizes.inner",
    "piece < sizes.inner / 16",
    "sizes.rows && d < sizes.inner)",
    "sizes.rows)",
    """W_tile[k][thread.x];
                }
                workgroupBarrier();
""",
    """W_tile[k][thread.x];
                }
""",
    "sizes.rows && column < sizes.columns)",
    "sizes.rows)",
)


# %% layer, wrong: it must use each of its 5 bindings
but("sum + b[column]", "sum")


# %% layer, wrong: Z of 16 × 32 × 16
but("b[column]", "b[row]")


# %% layer, lazy: expected a kernel's name or its text, got ''
def layer():
    return ""


# %% layer, lazy: it must use each of its 5 bindings
def layer():
    return source("product_tiled")


# %% layer, right
but(
    "16 * piece < sizes.inner",
    "piece < (sizes.inner + 15) / 16",
    "(e < sizes.inner && column < sizes.columns)",
    "(column < sizes.columns && e < sizes.inner)",
)


# %% layer, right
def layer():
    return """
        struct Sizes { rows: u32, inner: u32, columns: u32 }

        @group(0) @binding(0) var<uniform> sizes: Sizes;
        @group(0) @binding(1) var<storage, read> X: array<f32>;
        @group(0) @binding(2) var<storage, read> W: array<f32>;
        @group(0) @binding(3) var<storage, read> b: array<f32>;
        @group(0) @binding(4) var<storage, read_write> Z: array<f32>;

        var<workgroup> X_tile: array<array<array<f32, 16>, 16>, 2>;
        var<workgroup> W_tile: array<array<array<f32, 16>, 16>, 2>;

        @compute @workgroup_size(16, 16)
        fn main(@builtin(workgroup_id) group: vec3u,
                @builtin(local_invocation_id) thread: vec3u) {
            let column = 16 * group.x + thread.x;
            let row = 16 * group.y + thread.y;
            var sum = 0.0;
            for (var piece = 0u; 16 * piece < sizes.inner; piece++) {
                let d = 16 * piece + thread.x;
                let e = 16 * piece + thread.y;
                X_tile[piece % 2][thread.y][thread.x] = 0;
                if (row < sizes.rows && d < sizes.inner) {
                    X_tile[piece % 2][thread.y][thread.x] = X[row * sizes.inner + d];
                }
                W_tile[piece % 2][thread.y][thread.x] = 0;
                if (e < sizes.inner && column < sizes.columns) {
                    W_tile[piece % 2][thread.y][thread.x] = W[e * sizes.columns + column];
                }
                workgroupBarrier();
                for (var k = 0; k < 16; k++) {
                    sum += X_tile[piece % 2][thread.y][k] * W_tile[piece % 2][k][thread.x];
                }
            }
            if (row < sizes.rows && column < sizes.columns) {
                Z[row * sizes.columns + column] = sum + b[column];
            }
        }
    """


# %% layer, right
def layer():
    text = source("product_naive").replace("@binding(3)", "@binding(4)").replace("= sum;", "= sum + b[column];")
    return text.replace("@compute", "@group(0) @binding(3) var<storage, read> b: array<f32>;\n\n@compute")
