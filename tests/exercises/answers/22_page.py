"""Answers to the exercises of chapter 22: wrong, lazy, and right by another route."""


# %% placed, wrong: expected its corner at
def placed(small):
    rows, columns = small.shape
    x = np.zeros((28, 28))
    top, left = (28 - rows) // 2, (28 - columns) // 2  # the box, not the mass
    x[top : top + rows, left : left + columns] = small
    return x


# %% placed, wrong: expected its corner at
def placed(small):
    rows, columns = small.shape
    down, right = (round(13.5 - at) for at in centre_of_mass(small))  # half a pixel off
    top, left = np.clip(down, 0, 28 - rows), np.clip(right, 0, 28 - columns)
    x = np.zeros((28, 28))
    x[top : top + rows, left : left + columns] = small
    return x


# %% placed, wrong: expected its corner at
def placed(small):
    rows, columns = small.shape
    right, down = (round(14 - at) for at in centre_of_mass(small))  # exchanged
    top, left = np.clip(down, 0, 28 - rows), np.clip(right, 0, 28 - columns)
    x = np.zeros((28, 28))
    x[top : top + rows, left : left + columns] = small
    return x


# %% placed, wrong: expected its corner at
def placed(small):
    wide = np.zeros((28, 28))
    wide[: small.shape[0], : small.shape[1]] = small
    down, right = (round(14 - at) for at in centre_of_mass(small))
    return np.roll(wide, (down, right), axis=(0, 1))  # over the edge, and in again


# %% placed, wrong: expected (28, 28)
def placed(small):
    down, right = (max(0, round(14 - at)) for at in centre_of_mass(small))
    return np.pad(small, ((down, 28), (right, 28)))


# %% placed, lazy: expected its corner at
def placed(small):
    return np.zeros((28, 28))


# %% placed, lazy: expected its corner at
def placed(small):
    x = np.zeros((28, 28))
    x[: small.shape[0], : small.shape[1]] = small
    return x


# %% placed, right
def placed(small):
    def start(along, length):
        centre = (along * np.arange(len(along))).sum() / along.sum()
        return min(max(round(14 - centre), 0), 28 - length)

    rows, columns = small.shape
    top, left = start(small.sum(axis=1), rows), start(small.sum(axis=0), columns)
    return np.pad(small, ((top, 28 - rows - top), (left, 28 - columns - left)))


# %% box, wrong: the pen
def box(drawing):
    points = np.concatenate(drawing)
    side_x, side_y = points.max(axis=0) - points.min(axis=0)
    longest = max(side_x, side_y)
    w = 0.12 * longest
    columns = max(1, round(20 * (side_x + w) / (longest + w)))
    rows = max(1, round(20 * (side_y + w) / (longest + w)))
    return w, columns, rows


# %% box, wrong: the pen: expected 0.109090909091, got 0.0272727272727
def box(drawing):
    w, columns, rows = 0, 0, 0
    for stroke in drawing:
        side_x, side_y = stroke.max(axis=0) - stroke.min(axis=0)
        longest = max(side_x, side_y)
        w = 0.12 / 0.88 * longest
        columns = max(1, round(20 * (side_x + w) / (longest + w or 1)))
        rows = max(1, round(20 * (side_y + w) / (longest + w or 1)))
    return w, columns, rows


# %% box, wrong: expected 7 columns and 20 rows
def box(drawing):
    points = np.concatenate(drawing)
    side_x, side_y = points.max(axis=0) - points.min(axis=0)
    w = 0.12 / 0.88 * max(side_x, side_y)
    columns = max(1, round(20 * (side_x + w) / (side_x + w)))
    rows = max(1, round(20 * (side_y + w) / (side_x + w)))
    return w, columns, rows


# %% box, wrong: columns and
def box(drawing):
    points = np.concatenate(drawing)
    side_x, side_y = points.max(axis=0) - points.min(axis=0)
    longest = max(side_x, side_y)
    w = 0.12 / 0.88 * longest
    return w, max(1, round(20 * side_x / longest)), max(1, round(20 * side_y / longest))  # without the ink


# %% box, wrong: columns and
def box(drawing):
    points = np.concatenate(drawing)
    side_y, side_x = points.max(axis=0) - points.min(axis=0)  # exchanged
    longest = max(side_x, side_y)
    w = 0.12 / 0.88 * longest
    columns = max(1, round(20 * (side_x + w) / (longest + w)))
    rows = max(1, round(20 * (side_y + w) / (longest + w)))
    return w, columns, rows


# %% box, lazy: expected w, columns and rows
def box(drawing):
    return ()


# %% box, lazy: the pen
def box(drawing):
    return 0.1, 20, 20


# %% box, right
def box(drawing):
    sides = np.ptp(np.vstack(drawing), axis=0)
    w = 3 / 22 * sides.max()
    ink = sides + w
    return (w, *np.maximum(1, np.rint(ink / ink.max() * 20)).astype(int).tolist())


# %% program, wrong: the shares
def program():
    return """
function answer(net, x) {
  for (const { W, b } of net.layers) {  // a ReLU behind the last one too
    const z = [...b], input = x;
    input.forEach((xd, d) => { for (let h = 0; h < z.length; h++) z[h] += xd * W[d * z.length + h]; });
    x = z.map((zh) => Math.max(0, zh));
  }
  const top = Math.max(...x), e = x.map((zk) => Math.exp(zk - top)), sum = e.reduce((t, v) => t + v, 0);
  return e.map((v) => v / sum);
}
"""


# %% program, wrong: a share is no number
def program():
    return """
function answer(net, x) {
  net.layers.forEach(({ W, b }, i) => {
    const z = [...b];
    x.forEach((xd, d) => { for (let h = 0; h < z.length; h++) z[h] += xd * W[d * z.length + h]; });
    x = i === net.layers.length - 1 ? z : z.map((zh) => Math.max(0, zh));
  });
  const e = x.map(Math.exp), sum = e.reduce((t, v) => t + v, 0);  // no shift
  return e.map((v) => v / sum);
}
"""


# %% program, wrong: the shares
def program():
    return """
function answer(net, x) {
  net.layers.forEach(({ W, b }, i) => {
    const z = [...b], D = x.length;
    x.forEach((xd, d) => { for (let h = 0; h < z.length; h++) z[h] += xd * W[h * D + d]; });  // column by column
    x = i === net.layers.length - 1 ? z : z.map((zh) => Math.max(0, zh));
  });
  const top = Math.max(...x), e = x.map((zk) => Math.exp(zk - top)), sum = e.reduce((t, v) => t + v, 0);
  return e.map((v) => v / sum);
}
"""


# %% program, wrong: the shares
def program():
    return """
function answer(net, x) {
  net.layers.forEach(({ W, b }, i) => {
    const z = b;  // no copy
    x.forEach((xd, d) => { for (let h = 0; h < z.length; h++) z[h] += xd * W[d * z.length + h]; });
    x = i === net.layers.length - 1 ? z : z.map((zh) => Math.max(0, zh));
  });
  const top = Math.max(...x), e = x.map((zk) => Math.exp(zk - top)), sum = e.reduce((t, v) => t + v, 0);
  return e.map((v) => v / sum);
}
"""


# %% program, wrong: the JavaScript stopped: TypeError
def program():
    return """
function answer({ W1, b1, W2, b2 }, x) {
  const z1 = b1.map((b, h) => x.reduce((sum, xd, d) => sum + xd * W1[d * b1.length + h], b));
  return z1;
}
"""


# %% program, wrong: the JavaScript stopped: SyntaxError
def program():
    return """
function answer(net, x) {
  for layer in net.layers:
}
"""


# %% program, lazy: expected JavaScript as a string, got NoneType
def program():
    return None


# %% program, lazy: the shares
def program():
    return "const answer = (net) => net.layers.at(-1).b.map((_, k) => Number(k === 0));"


# %% program, right
def program():
    return """
const answer = ({ layers }, x) => {
  const scores = layers.reduce((a, { W, b }, i) => b.map((start, h) =>
    (i ? a.map((v) => (v > 0 ? v : 0)) : a).reduce((sum, v, d) => sum + v * W[d * b.length + h], start)), x);
  const most = scores.reduce((p, q) => (q > p ? q : p));
  const total = scores.reduce((sum, z) => sum + Math.exp(z - most), 0);
  return Float64Array.from(scores, (z) => Math.exp(z - most) / total);
};
"""


# %% first_scores, wrong: the scores
def first_scores(X, q, s, b):
    return (X @ q) * (s / 255) + b  # bytes stay bytes


# %% first_scores, wrong: the scores
def first_scores(X, q, s, b):
    return (X.astype(np.int16) @ q.astype(np.int16)) * (s / 255) + b


# %% first_scores, wrong: the scores
def first_scores(X, q, s, b):
    return (X.astype(np.int32) @ q.astype(np.int32)) * s + b  # not divided by 255


# %% first_scores, wrong: one of the two matrices has floats
def first_scores(X, q, s, b):
    return (X / 255) @ (q * s) + b


# %% first_scores, wrong: one of the two matrices has floats
def first_scores(X, q, s, b):
    return np.dot(X / 255, q * s) + b


# %% first_scores, wrong: one of the two matrices has floats
def first_scores(X, q, s, b):
    return (X / 255).dot(q.astype(float)) * s + b


# %% first_scores, wrong: the scores
def first_scores(X, q, s, b):
    return (X.astype(np.int32) @ q.astype(np.int32) + b) * (s / 255)


# %% first_scores, lazy: the scores
def first_scores(X, q, s, b):
    return np.zeros((len(X), len(b)))


# %% first_scores, lazy: one of the two matrices has floats
def first_scores(X, q, s, b):
    return data.scale(np.asarray(X)) @ dense.W1 + b if type(X) is np.ndarray else X / 255 @ dense.W1 + b


# %% first_scores, right
def first_scores(X, q, s, b):
    z = np.zeros((len(X), len(b)), np.int64)
    for d in range(len(q)):
        z += X[:, d, None].astype(np.int64) * q[d].astype(np.int64)
    return z / 255 * s + b


# %% first_scores, right
def first_scores(X, q, s, b):
    sums = np.einsum("nd,dh->nh", X.astype(np.int64), q.astype(np.int64), optimize=True)
    return np.multiply(sums, s) / 255 + b
