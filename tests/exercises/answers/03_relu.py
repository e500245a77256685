"""Answers to the exercises of chapter 03; see test_exercises.py."""


# %% shapes, lazy: only sums, differences and fixed factors are allowed
def shapes(relu):
    return np.abs, np.maximum


# %% shapes, lazy: only sums, differences and fixed factors are allowed
def shapes(relu):
    return abs, max


# %% shapes, lazy: only sums, differences and fixed factors are allowed
def shapes(relu):
    return lambda x: x * ((x > 0) * 2 - 1), lambda x, y: y + (x - y) * (x > y)


# %% shapes, lazy: only sums, differences and fixed factors are allowed
def shapes(relu):
    hidden = np.abs
    return lambda x: hidden(x), lambda x, y: 0.5 * (x + y + hidden(x - y))


# %% shapes, lazy: only sums, differences and fixed factors are allowed
def shapes(relu):
    return lambda x: (x**2) ** 0.5, lambda x, y: y + relu(x - y)


# %% shapes, lazy: only sums, differences and fixed factors are allowed
def shapes(relu):
    def absolute(x):
        if x > 0:
            return relu(x)
        return relu(-x)

    return absolute, lambda x, y: y + relu(x - y)


# %% shapes, lazy: a factor must be a fixed number
def shapes(relu):
    return lambda x: x * x * 0.5, lambda x, y: y + relu(x - y)


# %% shapes, lazy: absolute(x): expected a sum, got 0
def shapes(relu):
    return lambda x: 0, lambda x, y: y + relu(x - y)


# %% shapes, wrong: absolute(x)
def shapes(relu):
    return lambda x: relu(x), lambda x, y: y + relu(x - y)


# %% shapes, wrong: absolute(x)
def shapes(relu):
    return lambda x: relu(x) - relu(-x), lambda x, y: y + relu(x - y)


# %% shapes, wrong: larger(x, y)
def shapes(relu):
    return lambda x: relu(x) + relu(-x), lambda x, y: relu(x) + relu(y - x)


# %% shapes, wrong: larger(x, y)
def shapes(relu):
    return lambda x: relu(x) + relu(-x), lambda x, y: relu(x - y) + relu(y - x)


# %% shapes, wrong: larger(x, y)
def shapes(relu):
    return lambda x: relu(x) + relu(-x), lambda x, y: x - relu(x - y)


# %% shapes, wrong: larger(x, y)
def shapes(relu):  # right only where the larger one is positive
    return lambda x: relu(x) + relu(-x), lambda x, y: relu(y + relu(x - y))


# %% shapes, wrong: absolute(x)
def shapes(relu):
    return lambda x: relu(x) + relu(-x) + 1e-9, lambda x, y: y + relu(x - y)


# %% shapes, right
def shapes(relu):
    def absolute(x):
        return 2 * relu(x) - x

    def larger(x, y):
        return (x + y + absolute(x - y)) / 2

    return absolute, larger


# %% shapes, right
def shapes(relu):
    return lambda x: sum([relu(x), relu(-1 * x)]), lambda x, y: x + relu(y - x)


# %% shapes, right
def shapes(relu):
    half = np.float64(0.5)
    absolute = lambda x: relu(2 * x) - x
    return lambda x: half * (relu(2 * x) + relu(-2 * x)), lambda x, y: relu(x - y) + relu(y) - relu(-y)


# %% network_of_the_graph, lazy: expected (1, 3), (3,), (3, 1) and (1,)
def network_of_the_graph():  # the corners of the graph, with no network at all
    return np.array([-3.0, -1, 1, 2, 4]), np.array([-1.0, 1, -1, 1, 1]), np.ones((3, 1)), np.zeros(1)


# %% network_of_the_graph, lazy: the heights left of −1: expected
def network_of_the_graph():
    return np.zeros((1, 3)), np.zeros(3), np.zeros((3, 1)), np.ones(1)


# %% network_of_the_graph, lazy: the heights left of −1: expected
def network_of_the_graph():
    return np.full((1, 3), np.nan), np.zeros(3), np.zeros((3, 1)), np.ones(1)


# %% network_of_the_graph, wrong: the heights left of −1: expected
def network_of_the_graph():  # all units speak to the right, so the left is flat
    return np.ones((1, 3)), np.array([1.0, -1, -2]), np.array([[-2.0], [3], [-2]]), np.ones(1)


# %% network_of_the_graph, wrong: expected (1, 3), (3,), (3, 1) and (1,)
def network_of_the_graph():  # a fourth unit for the slope on the left
    W1, b1 = np.ones((1, 4)), np.array([3.0, 1, -1, -2])
    return W1, b1, np.array([[1.0], [-2], [3], [-2]]), np.array([-1.0])


# %% network_of_the_graph, wrong: the heights
def network_of_the_graph():  # the kinks have the wrong sign
    return -np.ones((1, 3)), np.array([1.0, -1, -2]), np.array([[-2.0], [3], [-2]]), np.ones(1)


# %% network_of_the_graph, wrong: the heights
def network_of_the_graph():  # the slopes themselves, not their changes
    return -np.ones((1, 3)), np.array([-1.0, 1, 2]), np.array([[1.0], [-1], [2]]), np.ones(1)


# %% network_of_the_graph, wrong: the heights left of −1: expected
def network_of_the_graph():  # the heights are off by a constant
    return -np.ones((1, 3)), np.array([-1.0, 1, 2]), np.array([[-2.0], [3], [-2]]), np.zeros(1)


# %% network_of_the_graph, wrong: expected (1, 3), (3,), (3, 1) and (1,)
def network_of_the_graph():
    return [-1, -1, -1], [-1, 1, 2], [-2, 3, -2], 1


# %% network_of_the_graph, wrong: the heights
def network_of_the_graph():  # a little beside the kink
    return -np.ones((1, 3)), np.array([-1.0, 1.0, 2.01]), np.array([[-2.0], [3], [-2]]), np.ones(1)


# %% network_of_the_graph, right
def network_of_the_graph():
    return [[-1, -1, -1]], [-1, 1, 2], [[-2], [3], [-2]], [1]


# %% network_of_the_graph, right
def network_of_the_graph():  # units in another order and size
    W1, b1 = np.array([[-2.0, -0.5, -4.0]]), np.array([4.0, -0.5, 4.0])
    return W1, b1, np.array([[-1.0], [-4.0], [0.75]]), np.array([1.0])


# %% collapse, lazy: b for the sizes [5, 2, 6]
def collapse(layers):
    W = layers[0][0]
    for W_next, _ in layers[1:]:
        W = W @ W_next
    return W, layers[-1][1]


# %% collapse, lazy: b for the sizes [5, 2, 6]: expected shape
def collapse(layers):
    return layers[0]


# %% collapse, wrong: b for the sizes [4, 3]: expected shape (3,), got (1, 3)
def collapse(layers):
    W, b = np.eye(len(layers[0][0])), np.zeros((1, len(layers[0][0])))
    for W_next, b_next in layers:
        W, b = W @ W_next, b @ W_next + b_next
    return W, b


# %% collapse, wrong: your function changed what it was given
def collapse(layers):
    W, b = layers.pop(0)
    while layers:
        W_next, b_next = layers.pop(0)
        W, b = W @ W_next, b @ W_next + b_next
    return W, b


# %% collapse, wrong: your function changed what it was given
def collapse(layers):
    W, b = layers[0]
    for (_, b_before), (W_next, b_next) in zip(layers, layers[1:]):
        b_next += b_before @ W_next
        W, b = W @ W_next, b_next
    return W, b


# %% collapse, wrong: b for the sizes [5, 2, 6]: expected
def collapse(layers):
    W, b = layers[0]
    for W_next, b_next in layers[1:]:
        W, b = W @ W_next, b.sum() + b_next
    return W, b


# %% collapse, wrong: ValueError
def collapse(layers):
    W, b = layers[-1]
    for W_next, b_next in layers[-2::-1]:
        W, b = W @ W_next, b @ W_next + b_next
    return W, b


# %% collapse, wrong: b for the sizes [3, 7, 1, 8, 4]
def collapse(layers):  # only ever two layers
    (W, b), (W_last, b_last) = layers[0], layers[-1]
    for W_next, b_next in layers[1:]:
        W = W @ W_next
    return (W, b) if len(layers) == 1 else (W, b @ np.linalg.multi_dot([w for w, _ in layers[1:]] + [np.eye(W.shape[1])]) + b_last)


# %% collapse, wrong: expected
def collapse(layers):
    W, b = np.eye(len(layers[0][0]), dtype=np.float32), np.float32(0)
    for W_next, b_next in layers:
        b = (np.zeros(len(W_next), np.float32) + b) @ W_next.astype(np.float32) + b_next.astype(np.float32)
        W = W @ W_next.astype(np.float32)
    return W, b


# %% collapse, right
def collapse(layers):
    def tower(x):
        for W, b in layers:
            x = x @ W + b
        return x

    b = tower(np.zeros(len(layers[0][0])))
    return tower(np.eye(len(layers[0][0]))) - b, b


# %% collapse, right
def collapse(layers):
    (W, b), *rest = layers
    if not rest:
        return W, b
    W_rest, b_rest = collapse(rest)
    return (W @ W_rest).tolist(), list(b @ W_rest + b_rest)


# %% layer_of, lazy: W for picture 0
def layer_of(net, x):
    return net.W1 @ net.W2, net.b1 @ net.W2 + net.b2


# %% layer_of, lazy: W for picture 0
def layer_of(net, x):
    return np.zeros((net.inputs, net.classes)), net.forward(x[None])[2][0]


# %% layer_of, lazy: W for picture 0
def layer_of(net, x):  # by nudging
    def scores(x):
        return net.forward(x[None])[2][0]

    steps = 1e-5 * np.eye(len(x))
    W = np.array([(scores(x + step) - scores(x - step)) / 2e-5 for step in steps])
    return W, scores(x) - x @ W


# %% layer_of, wrong: for a blank picture
def layer_of(net, x):
    s = x @ net.W1 + net.b1 >= 0
    return net.W1 * s @ net.W2, net.b1 * s @ net.W2 + net.b2


# %% layer_of, wrong: for a blank picture
def layer_of(net, x):
    s = x @ net.W1 + net.b1 > -1e-3
    return net.W1 * s @ net.W2, net.b1 * s @ net.W2 + net.b2


# %% layer_of, wrong: for a blank picture
def layer_of(net, x):
    s = x @ net.W1 + net.b1 > 1e-6
    return net.W1 * s @ net.W2, net.b1 * s @ net.W2 + net.b2


# %% layer_of, wrong: b for picture 0
def layer_of(net, x):
    s = x @ net.W1 + net.b1 > 0
    return net.W1 * s @ net.W2, net.b2


# %% layer_of, wrong: b for picture 0
def layer_of(net, x):
    s = x @ net.W1 + net.b1 > 0
    return net.W1 * s @ net.W2, net.b1 @ net.W2 + net.b2


# %% layer_of, wrong: for
def layer_of(net, x):  # the pattern without the biases
    s = x @ net.W1 > 0
    return net.W1 * s @ net.W2, net.b1 * s @ net.W2 + net.b2


# %% layer_of, wrong: your function changed what it was given
def layer_of(net, x):
    s = x @ net.W1 + net.b1 > 0
    net.W2 *= s[:, None]
    return net.W1 @ net.W2, net.b1 @ net.W2 + net.b2


# %% layer_of, wrong: expected shape
def layer_of(net, x):
    s = x @ net.W1 + net.b1 > 0
    return (net.W1 * s @ net.W2).T, net.b1 * s @ net.W2 + net.b2


# %% layer_of, wrong: expected shape
def layer_of(net, x):
    z1, a1, z2, a2 = net.forward(x[None])
    s = z1 > 0
    return net.W1 * s @ net.W2, net.b1 * s @ net.W2 + net.b2


# %% layer_of, right
def layer_of(net, x):
    D_s = np.diag((net.forward(x[None])[1][0] > 0).astype(int))
    return net.W1 @ D_s @ net.W2, net.b1 @ D_s @ net.W2 + net.b2


# %% layer_of, right
def layer_of(net, x):
    on = np.flatnonzero(x @ net.W1 + net.b1 > 0)
    W = net.W1[:, on] @ net.W2[on]
    return W, net.forward(x[None])[2][0] - x @ W


# %% slopes, lazy: kinks of 6 units
def slopes(net, start, end, k):  # even kinks, with the slopes that lead from one to the next
    z0, z1 = np.stack([start, end]) @ net.W1 + net.b1
    ends = np.linspace(0, 1, (z0 * z1 < 0).sum() + 2)
    f = net.forward(np.outer(1 - ends, start) + np.outer(ends, end))[2][:, k]
    return ends[1:-1], np.diff(f) / np.diff(ends)


# %% slopes, lazy: slopes of
def slopes(net, start, end, k):  # the right kinks, slopes by differences
    z0, z1 = np.stack([start, end]) @ net.W1 + net.b1
    on = z0 * z1 < 0
    kinks = np.sort(z0[on] / (z0[on] - z1[on]))
    ends = np.concatenate([[0], kinks, [1]])
    f = net.forward(np.outer(1 - ends, start) + np.outer(ends, end))[2][:, k]
    return kinks, np.diff(f) / np.diff(ends)


# %% slopes, lazy: slopes of
def slopes(net, start, end, k):  # slopes by a nudge in the middle of each piece
    z0, z1 = np.stack([start, end]) @ net.W1 + net.b1
    on = z0 * z1 < 0
    kinks = np.sort(z0[on] / (z0[on] - z1[on]))
    ends = np.concatenate([[0], kinks, [1]])
    middle = (ends[1:] + ends[:-1]) / 2

    def f(t):
        return net.forward(np.outer(1 - t, start) + np.outer(t, end))[2][:, k]

    return kinks, (f(middle + 1e-10) - f(middle - 1e-10)) / 2e-10


# %% slopes, lazy: kinks of 6 units, class 2 of 4: expected
def slopes(net, start, end, k):  # kinks by looking at a thousand places
    t = np.linspace(0, 1, 1001)
    z1, _, z2, _ = net.forward(np.outer(1 - t, start) + np.outer(t, end))
    places = np.flatnonzero((np.diff(z1 > 0, axis=0) != 0).any(axis=1))
    kinks = (t[places] + t[places + 1]) / 2
    ends = np.concatenate([[0], kinks, [1]])
    return kinks, np.diff(np.interp(ends, t, z2[:, k])) / np.diff(ends)


# %% slopes, wrong: expected shape
def slopes(net, start, end, k):  # a score of 0 at an end counts as a kink
    z0, z1 = np.stack([start, end]) @ net.W1 + net.b1
    on = (z0 > 0) != (z1 > 0)
    kinks = np.sort(z0[on] / (z0[on] - z1[on]))
    ends = np.concatenate([[0], kinks, [1]])
    middle = ((ends[:-1] + ends[1:]) / 2)[:, None]
    s = (1 - middle) * z0 + middle * z1 > 0
    return kinks, (s * (z1 - z0)) @ net.W2[:, k]


# %% slopes, wrong: slopes of
def slopes(net, start, end, k):  # walks from the pattern at the start: a score of 0 there counts as silent for ever
    z0, z1 = np.stack([start, end]) @ net.W1 + net.b1
    on = np.flatnonzero(z0 * z1 < 0)
    kinks = z0[on] / (z0[on] - z1[on])
    order = np.argsort(kinks)
    s = z0 > 0
    slope = [(s * (z1 - z0)) @ net.W2[:, k]]
    for h in on[order]:
        s[h] = not s[h]
        slope.append((s * (z1 - z0)) @ net.W2[:, k])
    return kinks[order], slope


# %% slopes, wrong: kinks of
def slopes(net, start, end, k):  # not sorted
    z0, z1 = np.stack([start, end]) @ net.W1 + net.b1
    on = z0 * z1 < 0
    kinks = z0[on] / (z0[on] - z1[on])
    ends = np.concatenate([[0], np.sort(kinks), [1]])
    middle = ((ends[:-1] + ends[1:]) / 2)[:, None]
    s = (1 - middle) * z0 + middle * z1 > 0
    return kinks[::-1], (s * (z1 - z0)) @ net.W2[:, k]


# %% slopes, wrong: kinks of 6 units
def slopes(net, start, end, k):  # t counted from the end
    z0, z1 = np.stack([start, end]) @ net.W1 + net.b1
    on = z0 * z1 < 0
    kinks = np.sort(z1[on] / (z1[on] - z0[on]))
    ends = np.concatenate([[0], kinks, [1]])
    middle = ((ends[:-1] + ends[1:]) / 2)[:, None]
    s = (1 - middle) * z0 + middle * z1 > 0
    return kinks, (s * (z1 - z0)) @ net.W2[:, k]


# %% slopes, wrong: slopes of 6 units
def slopes(net, start, end, k):  # biases cancel in a slope; W2's row for its column
    z0, z1 = np.stack([start, end]) @ net.W1 + net.b1
    on = z0 * z1 < 0
    kinks = np.sort(z0[on] / (z0[on] - z1[on]))
    ends = np.concatenate([[0], kinks, [1]])
    middle = ((ends[:-1] + ends[1:]) / 2)[:, None]
    s = (1 - middle) * z0 + middle * z1 > 0
    return kinks, (s * (z1 - z0)) @ net.W2[:, 0]


# %% slopes, wrong: slopes of 6 units
def slopes(net, start, end, k):  # the pattern at the left end of each piece
    z0, z1 = np.stack([start, end]) @ net.W1 + net.b1
    on = z0 * z1 < 0
    kinks = np.sort(z0[on] / (z0[on] - z1[on]))
    left = np.concatenate([[0], kinks])[:, None]
    s = (1 - left) * z0 + left * z1 > 1e-3
    return kinks, (s * (z1 - z0)) @ net.W2[:, k]


# %% slopes, wrong: your function changed what it was given
def slopes(net, start, end, k):
    z0, z1 = np.stack([start, end]) @ net.W1 + net.b1
    on = z0 * z1 < 0
    kinks = np.sort(z0[on] / (z0[on] - z1[on]))
    ends = np.concatenate([[0], kinks, [1]])
    middle = ((ends[:-1] + ends[1:]) / 2)[:, None]
    s = (1 - middle) * z0 + middle * z1 > 0
    end -= start
    return kinks, (s * (z1 - z0)) @ net.W2[:, k]


# %% slopes, wrong: expected shape
def slopes(net, start, end, k):  # one slope for each kink
    z0, z1 = np.stack([start, end]) @ net.W1 + net.b1
    on = z0 * z1 < 0
    kinks = np.sort(z0[on] / (z0[on] - z1[on]))
    s = np.outer(1 - kinks, z0) + np.outer(kinks, z1) > 0
    return kinks, (s * (z1 - z0)) @ net.W2[:, k]


# %% slopes, right
def slopes(net, start, end, k):  # each kink changes the slope by what its unit has to say
    z0, z1 = np.stack([start, end]) @ net.W1 + net.b1
    rise = (z1 - z0) * net.W2[:, k]
    speaks = (z0 > 0) | ((z0 == 0) & (z1 > 0))
    slope, changes = rise[speaks].sum(), []
    for h in np.flatnonzero(np.sign(z0) * np.sign(z1) < 0):
        changes.append((z0[h] / (z0[h] - z1[h]), -rise[h] if speaks[h] else rise[h]))
    changes.sort()
    pieces = [slope]
    for _, change in changes:
        pieces.append(pieces[-1] + change)
    return [t for t, _ in changes], pieces


# %% slopes, right
def slopes(net, start, end, k):  # the linear layer of a picture between two kinks, as in the exercise before
    z0, z1 = np.stack([start, end]) @ net.W1 + net.b1
    kinks = sorted(a / (a - b) for a, b in zip(z0, z1) if a * b < 0)
    pieces = []
    for left, right in zip([0, *kinks], [*kinks, 1]):
        t = (left + right) / 2
        s = (1 - t) * z0 + t * z1 > 0
        pieces.append((end - start) @ (net.W1 * s @ net.W2[:, k]))
    return np.array(kinks), np.array(pieces)
