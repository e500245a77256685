"""Answers to the exercises of chapter 23; see test_exercises.py."""


# %% hidden, wrong: an unshifted softmax: expected 'loss', got None
def hidden(it):  # by the training alone
    net = it["net"]
    X, Y = data.scale(mnist.X_train[:16]), data.one_hot(mnist.y_train[:16])
    if not np.allclose(net.scores(X)[:8], net.scores(X[:8])):
        return "forward"
    loss = it.get("loss") or SoftmaxCrossEntropy()
    grads = {n: g.copy() for n, g in net.scores_and_grads(X, Y)[1].items()}
    for name, param in net.params.items():
        v = np.random.default_rng(1).normal(size=param.shape)
        slope = gradcheck.directional_derivative(
            lambda: loss.forward(net.scores_and_grads(X, Y)[0], Y), [param], [v], 1e-6
        )
        given = (grads[name] * v).sum()
        if abs(given - slope) > 1e-3 * max(abs(given), abs(slope), 1e-3):
            return "gradient"


# %% hidden, wrong: healthy, with batch norm: expected None, got 'gradient'
def hidden(it):  # the slope of the loss in use
    net, loss = it["net"], it.get("loss") or SoftmaxCrossEntropy()
    X, Y = data.scale(mnist.X_train[:16]), data.one_hot(mnist.y_train[:16])
    Z = np.random.default_rng(0).normal(size=Y.shape)
    if not abs(loss.forward(Z + 1000, Y) - loss.forward(Z, Y)) < 1e-6:
        return "loss"
    if not np.allclose(net.scores(X)[:8], net.scores(X[:8])):
        return "forward"
    grads = {n: g.copy() for n, g in net.scores_and_grads(X, Y)[1].items()}
    for name, param in net.params.items():
        v = np.random.default_rng(1).normal(size=param.shape)
        slope = gradcheck.directional_derivative(
            lambda: loss.forward(net.scores(X), Y), [param], [v], 1e-6
        )
        given = (grads[name] * v).sum()
        if abs(given - slope) > 1e-3 * max(abs(given), abs(slope), 1e-3):
            return "gradient"


# %% hidden, wrong: dW1 times 1.01: expected 'gradient', got None
def hidden(it):  # a tolerance that is too wide
    net, loss = it["net"], it.get("loss") or SoftmaxCrossEntropy()
    X, Y = data.scale(mnist.X_train[:16]), data.one_hot(mnist.y_train[:16])
    Z = np.random.default_rng(0).normal(size=Y.shape)
    if not abs(loss.forward(Z + 1000, Y) - loss.forward(Z, Y)) < 1e-6:
        return "loss"
    if not np.allclose(net.scores(X)[:8], net.scores(X[:8])):
        return "forward"
    grads = {n: g.copy() for n, g in net.scores_and_grads(X, Y)[1].items()}
    for name, param in net.params.items():
        v = np.random.default_rng(1).normal(size=param.shape)
        slope = gradcheck.directional_derivative(
            lambda: loss.forward(net.scores_and_grads(X, Y)[0], Y), [param], [v], 1e-6
        )
        given = (grads[name] * v).sum()
        if abs(given - slope) > 0.05 * max(abs(given), abs(slope), 1e-3):
            return "gradient"


# %% hidden, wrong: an unshifted softmax: expected 'loss', got None
def hidden(it):  # nan compares as False with everything
    net, loss = it["net"], it.get("loss") or SoftmaxCrossEntropy()
    X, Y = data.scale(mnist.X_train[:16]), data.one_hot(mnist.y_train[:16])
    Z = np.random.default_rng(0).normal(size=Y.shape)
    if abs(loss.forward(Z + 1000, Y) - loss.forward(Z, Y)) > 1e-6:
        return "loss"
    if not np.allclose(net.scores(X)[:8], net.scores(X[:8])):
        return "forward"
    grads = {n: g.copy() for n, g in net.scores_and_grads(X, Y)[1].items()}
    for name, param in net.params.items():
        v = np.random.default_rng(1).normal(size=param.shape)
        slope = gradcheck.directional_derivative(
            lambda: loss.forward(net.scores_and_grads(X, Y)[0], Y), [param], [v], 1e-6
        )
        given = (grads[name] * v).sum()
        if abs(given - slope) > 1e-3 * max(abs(given), abs(slope), 1e-3):
            return "gradient"


# %% hidden, lazy: an unshifted softmax: expected 'loss', got None
def hidden(it):
    return None


# %% hidden, lazy: healthy: expected None, got 'gradient'
def hidden(it):
    return "gradient"


# %% hidden, right
def hidden(it):  # entry by entry, some of each parameter
    net, loss = it["net"], it.get("loss") or SoftmaxCrossEntropy()
    X, Y = data.scale(mnist.X_train[:10]), data.one_hot(mnist.y_train[:10])
    far = [loss.forward(rise + np.arange(100.0).reshape(10, 10) / 50, Y) for rise in (0, 5000)]
    if not np.allclose(*far):
        return "loss"
    if not np.allclose(net.scores(X[::-1])[::-1][:4], net.scores(X[:4])):
        return "forward"
    grads = {n: g.copy() for n, g in net.scores_and_grads(X, Y)[1].items()}
    for name, param in net.params.items():
        for place in np.argsort(-np.abs(grads[name]), axis=None)[:3] if grads[name].any() else range(3):
            index, losses = np.unravel_index(place, param.shape), []
            old = param[index]
            for h in (1e-6, -1e-6):
                param[index] = old + h
                losses.append(loss.forward(net.scores_and_grads(X, Y)[0], Y))
            param[index] = old
            slope = (losses[0] - losses[1]) / 2e-6
            if not np.isclose(slope, grads[name][index], rtol=1e-3, atol=1e-6):
                return "gradient"
    return None


# %% hidden, right
def hidden(it):
    net, loss = it["net"], it.get("loss") or SoftmaxCrossEntropy()
    X, Y = data.scale(mnist.X_train[:12]), data.one_hot(mnist.y_train[:12])
    if not np.isfinite(loss.forward(np.full(Y.shape, 800.0), Y)):
        return "loss"
    if np.abs(net.scores(X[:3]) - net.scores(X)[:3]).max() > 1e-8:
        return "forward"
    grads = {n: g.copy() for n, g in net.scores_and_grads(X, Y)[1].items()}
    rng = np.random.default_rng(8)
    for name, param in net.params.items():
        old, v = param.copy(), rng.normal(size=param.shape)
        losses = []
        for h in (1e-6, -1e-6):
            param[...] = old + h * v
            losses.append(loss.forward(net.scores_and_grads(X, Y)[0], Y))
        param[...] = old
        slope, given = (losses[0] - losses[1]) / 2e-6, (grads[name] * v).sum()
        if not np.isclose(slope, given, rtol=2e-3, atol=1e-5):
            return "gradient"
    return None


# %% independent, wrong: the mean of the batch
def independent(scores, X):  # the order alone
    order = np.random.default_rng(0).permutation(len(X))
    return np.allclose(scores(X)[order], scores(X[order]))


# %% independent, wrong: the mean of the batch: expected False
def independent(scores, X):  # halves and order, each without the other's faults
    half = len(X) // 2
    return np.allclose(scores(X)[::-1], scores(X[::-1])) or np.allclose(scores(X)[:half], scores(X[:half]))


# %% independent, wrong: ValueError
def independent(scores, X):
    alone = np.concatenate([scores(X[[n]]) for n in range(len(X))])
    return np.allclose(scores(X), alone)


# %% independent, wrong: odd sizes: expected False
def independent(scores, X):  # even sizes alone, and one row never
    whole = scores(X)
    for size in (2, 4, 6):
        try:
            if not np.allclose(scores(X[::-1][:size]), whole[::-1][:size]):
                return False
        except ValueError:
            return False
    return True


# %% independent, wrong: one row less: expected False
def independent(scores, X):  # alone and all together, and nothing between
    try:
        alone = np.concatenate([scores(X[[n]]) for n in range(len(X))])
        return np.allclose(scores(X), alone)
    except ValueError:
        return False


# %% independent, wrong: another order: expected False
def independent(scores, X):  # every size, and the given order alone
    try:
        alone = np.concatenate([scores(X[[n]]) for n in range(len(X))])
        return all(np.allclose(scores(X[:size]), alone[:size]) for size in range(1, len(X) + 1))
    except ValueError:
        return False


# %% independent, lazy: the mean of the batch: expected False
def independent(scores, X):
    return True


# %% independent, lazy: a linear layer: expected True
def independent(scores, X):
    return False


# %% independent, right
def independent(scores, X):
    rng = np.random.default_rng(3)
    try:
        whole = scores(X)
        for size in (*range(1, len(X) + 1), 5, 7, 12):
            rows = rng.permutation(len(X))[:size]
            if not np.allclose(whole[rows], scores(X[rows])):
                return False
    except Exception:
        return False
    return True


# %% independent, right
def independent(scores, X):
    def same(a, b):
        return a.shape == b.shape and np.abs(a - b).max() < 1e-9

    try:
        alone = np.stack([scores(x[None])[0] for x in X])
        batches = [slice(None), slice(None, None, -1), slice(1, None), slice(0, -1), slice(3, 6), slice(2, 4)]
        return bool(all(same(scores(X[rows]), alone[rows]) for rows in batches))
    except ValueError:
        return False


# %% judge, wrong: eta = 0.0001: expected -1, got 0
def judge(make, eta, X, Y):  # by a tenth alone
    def after(eta):
        net, optimizer = make(), optim.SGD(eta)
        for x, y in zip(X, Y, strict=True):
            optimizer.step(net.params, net.scores_and_grads(x, y)[1])
        return functional.softmax_cross_entropy(net.scores(X[0]), Y[0])

    return 1 if after(eta / 10) < 0.75 * after(eta) else 0


# %% judge, wrong: eta = 0.03: expected 0, got -1
def judge(make, eta, X, Y):  # whatever a longer step improves
    def after(eta):
        net, optimizer = make(), optim.SGD(eta)
        for x, y in zip(X, Y, strict=True):
            optimizer.step(net.params, net.scores_and_grads(x, y)[1])
        loss = functional.softmax_cross_entropy(net.scores(X[0]), Y[0])
        return loss if np.isfinite(loss) else np.inf

    shorter, here, longer = (after(factor * eta) for factor in (0.1, 1, 10))
    return (-1, 0, 1)[int(np.argmin([longer, here, shorter]))]


# %% judge, wrong: eta = 3.0: expected 1, got -1
def judge(make, eta, X, Y):  # a bad loss is a short step
    net, optimizer = make(), optim.SGD(eta)
    for x, y in zip(X, Y, strict=True):
        optimizer.step(net.params, net.scores_and_grads(x, y)[1])
    return -1 if functional.softmax_cross_entropy(net.scores(X[0]), Y[0]) > 1.5 else 0


# %% judge, wrong: expected
def judge(make, eta, X, Y):  # one network for all runs
    net = make()

    def after(eta):
        optimizer = optim.SGD(eta)
        for x, y in zip(X, Y, strict=True):
            optimizer.step(net.params, net.scores_and_grads(x, y)[1])
        loss = functional.softmax_cross_entropy(net.scores(X[0]), Y[0])
        return loss if np.isfinite(loss) else np.inf

    here = after(eta)
    if here < 1.5:
        return 0
    return 1 if after(eta / 10) < 0.75 * here else -1


# %% judge, lazy: gradients ten times as long
def judge(make, eta, X, Y):  # the step sizes of the task, and no training
    return -1 if eta < 0.01 else int(eta > 1)


# %% judge, lazy: eta = 0.0001: expected -1, got 0
def judge(make, eta, X, Y):
    return 0


# %% judge, lazy: expected −1, 0 or 1, got 'too long'
def judge(make, eta, X, Y):
    return "too long"


# %% judge, right
def judge(make, eta, X, Y):
    def after(eta, count=60):
        net = make()
        for x, y in zip(X[:count], Y[:count], strict=True):
            for name, grad in net.scores_and_grads(x, y)[1].items():
                net.params[name][...] -= eta * grad
        return functional.softmax_cross_entropy(net.scores(X[-1]), Y[-1])

    start = functional.softmax_cross_entropy(make().scores(X[-1]), Y[-1])
    if after(eta) < 0.75 * start:
        return 0
    return 1 if after(eta / 10) < 0.6 * start or after(eta / 100) < 0.6 * start else -1


# %% judge, right
def judge(make, eta, X, Y):
    net = make()
    first = None
    for x, y in zip(X[:80], Y[:80], strict=True):
        Z, grads = net.scores_and_grads(x, y)
        first = functional.softmax_cross_entropy(Z, y) if first is None else first
        for name, param in net.params.items():
            param -= eta * grads[name]
    last = functional.softmax_cross_entropy(net.scores(X[0]), Y[0])
    if last < 0.7 * first:
        return 0
    moved = max(np.abs(param - old).max() for param, old in zip(net.params.values(), make().params.values()))
    return -1 if moved < 0.1 else 1


# %% which, wrong: a fourth question
def which(ask):
    for fault, signs in SIGNS.items():
        if all(ask(probe) for probe in signs):
            return fault


# %% which, wrong: a fourth question
def which(ask):  # in the order of causes: right, and not cheap
    if ask("data: labels belong"):
        return "labels_shuffled"
    if ask("loop: batch order"):
        return "sorted_by_label"
    if ask("loop: batch labels"):
        return "one_hot_of_y_minus_1"
    if ask("loop: metric counts"):
        return "accuracy_of_every_pair"
    return "step_size_3"


# %% which, wrong: sorted_by_label: got 'step_size_3'
def which(ask):
    if ask("start: units alive"):
        return "units_dead"
    return "labels_shuffled" if ask("data: labels belong") else "step_size_3"


# %% which, wrong: no probe of these faults is called 'the step size'
def which(ask):
    return "step_size_3" if ask("the step size") else "units_dead"


# %% which, lazy: sorted_by_label: got 'labels_shuffled'
def which(ask):
    return "labels_shuffled"


# %% which, lazy: labels_shuffled: got None
def which(ask):
    return None


# %% which, right
def which(ask):
    left = dict(SIGNS)
    probes = sorted(set().union(*left.values()))
    while len(left) > 1:
        probe = min(probes, key=lambda probe: abs(len(left) - 2 * sum(probe in signs for signs in left.values())))
        alarm = ask(probe)
        left = {fault: signs for fault, signs in left.items() if (probe in signs) == alarm}
    return next(iter(left))


# %% which, right
def which(ask):
    answers = []
    for _ in range(3):
        fits = [f for f, signs in SIGNS.items() if all((probe in signs) == alarm for probe, alarm in answers)]
        if len(fits) == 1:
            break
        halves = [p for p in set().union(*SIGNS.values()) if 2 * sum(p in SIGNS[f] for f in fits) == len(fits)]
        probe = min(halves)
        answers.append((probe, ask(probe)))
    return next(f for f, signs in SIGNS.items() if all((probe in signs) == alarm for probe, alarm in answers))
