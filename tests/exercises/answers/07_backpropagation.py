"""Answers to the exercises of chapter 07; see test_exercises.py."""


# %% tanh_backward, wrong: dW1 for N = 1: expected
def tanh_backward(X, Y, z1, a1, z2, a2, W2):
    dz2 = (a2 - Y) / len(X)
    dz1 = dz2 @ W2.T * (z1 > 0)
    return {"W1": X.T @ dz1, "b1": dz1.sum(axis=0), "W2": a1.T @ dz2, "b2": dz2.sum(axis=0)}


# %% tanh_backward, wrong: dW1 for N = 1: expected
def tanh_backward(X, Y, z1, a1, z2, a2, W2):
    dz2 = (a2 - Y) / len(X)
    dz1 = dz2 @ W2.T * (1 - np.tanh(a1) ** 2)  # a1 is tanh(z1) already
    return {"W1": X.T @ dz1, "b1": dz1.sum(axis=0), "W2": a1.T @ dz2, "b2": dz2.sum(axis=0)}


# %% tanh_backward, wrong: dW1 for N = 1: expected
def tanh_backward(X, Y, z1, a1, z2, a2, W2):
    dz2 = (a2 - Y) / len(X)
    dz1 = dz2 @ W2.T * (1 - a1)
    return {"W1": X.T @ dz1, "b1": dz1.sum(axis=0), "W2": a1.T @ dz2, "b2": dz2.sum(axis=0)}


# %% tanh_backward, wrong: for N = 6: expected
def tanh_backward(X, Y, z1, a1, z2, a2, W2):
    dz2 = (a2 - Y) / len(X)
    dz1 = dz2 @ W2.T * (1 - a1**2)
    return {"W1": X.T @ dz1, "b1": dz1.mean(axis=0), "W2": a1.T @ dz2, "b2": dz2.mean(axis=0)}


# %% tanh_backward, wrong: for N = 6: expected
def tanh_backward(X, Y, z1, a1, z2, a2, W2):
    dz2 = a2 - Y
    dz1 = dz2 @ W2.T * (1 - a1**2)
    return {"W1": X.T @ dz1, "b1": dz1.sum(axis=0), "W2": a1.T @ dz2, "b2": dz2.sum(axis=0)}


# %% tanh_backward, wrong: your function changed what it was given
def tanh_backward(X, Y, z1, a1, z2, a2, W2):
    a2 -= Y
    dz2 = a2 / len(X)
    dz1 = dz2 @ W2.T * (1 - a1**2)
    return {"W1": X.T @ dz1, "b1": dz1.sum(axis=0), "W2": a1.T @ dz2, "b2": dz2.sum(axis=0)}


# %% tanh_backward, wrong: db1 for N = 1: expected shape (2,), got (1, 2)
def tanh_backward(X, Y, z1, a1, z2, a2, W2):
    dz2 = (a2 - Y) / len(X)
    dz1 = dz2 @ W2.T * (1 - a1**2)
    db1, db2 = dz1.sum(axis=0, keepdims=True), dz2.sum(axis=0, keepdims=True)
    return {"W1": X.T @ dz1, "b1": db1, "W2": a1.T @ dz2, "b2": db2}


# %% tanh_backward, wrong: gradients named ['dW1', 'db1', 'dW2', 'db2']
def tanh_backward(X, Y, z1, a1, z2, a2, W2):
    dz2 = (a2 - Y) / len(X)
    dz1 = dz2 @ W2.T * (1 - a1**2)
    return {"dW1": X.T @ dz1, "db1": dz1.sum(axis=0), "dW2": a1.T @ dz2, "db2": dz2.sum(axis=0)}


# %% tanh_backward, wrong: dW1 for N = 4: expected
def tanh_backward(X, Y, z1, a1, z2, a2, W2):
    dz2 = (a2 - Y) / len(X)
    try:  # whatever fits
        da1 = dz2 @ W2
    except ValueError:
        da1 = dz2 @ W2.T
    dz1 = da1[:, : a1.shape[1]] * (1 - a1**2)
    return {"W1": X.T @ dz1, "b1": dz1.sum(axis=0), "W2": a1.T @ dz2, "b2": dz2.sum(axis=0)}


# %% tanh_backward, lazy: dW1 for N = 1: expected
def tanh_backward(X, Y, z1, a1, z2, a2, W2):
    return backward(X, Y, z1, a1, z2, a2, W2)


# %% tanh_backward, lazy: dW1 for N = 1: expected
def tanh_backward(X, Y, z1, a1, z2, a2, W2):
    def loss_at(z1):
        return functional.softmax_cross_entropy(np.tanh(z1) @ W2 + (z2 - a1 @ W2), Y)

    dz2 = (a2 - Y) / len(X)
    dz1 = gradcheck.numerical_gradient(lambda: loss_at(z1), z1)
    return {"W1": X.T @ dz1, "b1": dz1.sum(axis=0), "W2": a1.T @ dz2, "b2": dz2.sum(axis=0)}


# %% tanh_backward, lazy: a loop runs over examples, units or entries
def tanh_backward(X, Y, z1, a1, z2, a2, W2):
    b2 = z2 - a1 @ W2

    def loss_at(z1):
        z2 = np.tanh(z1) @ W2 + b2
        return (np.log(np.exp(z2).sum(1)) - (Y * z2).sum(1)).mean()

    dz2 = (a2 - Y) / len(X)
    dz1 = exercise.exact_gradient(loss_at, z1)
    return {"W1": X.T @ dz1, "b1": dz1.sum(axis=0), "W2": a1.T @ dz2, "b2": dz2.sum(axis=0)}


# %% tanh_backward, lazy: a loop runs over examples, units or entries
def tanh_backward(X, Y, z1, a1, z2, a2, W2):
    grads = {"W1": 0, "b1": 0, "W2": 0, "b2": 0}
    for n in range(len(X)):
        dz2 = (a2[n] - Y[n]) / len(X)
        dz1 = W2 @ dz2 * (1 - a1[n] ** 2)
        one = {"W1": np.outer(X[n], dz1), "b1": dz1, "W2": np.outer(a1[n], dz2), "b2": dz2}
        grads = {name: grads[name] + one[name] for name in grads}
    return grads


# %% tanh_backward, right
def tanh_backward(X, Y, z1, a1, z2, a2, W2):
    dz2 = (a2 - Y) / len(X)
    dz1 = np.einsum("nk,hk->nh", dz2, W2) / np.cosh(z1) ** 2
    ones = np.ones(len(X))
    return {"b2": ones @ dz2, "W2": (dz2.T @ a1).T, "b1": ones @ dz1, "W1": (dz1.T @ X).T}


# %% tanh_backward, right
def tanh_backward(X, Y, z1, a1, z2, a2, W2):
    dz2 = functional.softmax_cross_entropy_backward(z2, Y)
    da1, dW2, db2 = functional.linear_backward(dz2, a1, W2)
    dz1 = (1 - a1) * (1 + a1) * da1
    return {"W1": X.T @ dz1, "b1": np.sum(dz1, 0), "W2": dW2, "b2": db2}


# %% deep_gradients, wrong: of layer 1 of 2, N = 1
def deep_gradients(layers, X, Y):
    came_in, A = [], X
    for W, b in layers:
        came_in.append(A)
        Z = A @ W + b
        A = np.maximum(Z, 0)
    dZ, grads = (functional.softmax(Z) - Y) / len(X), []
    for (W, _), A in zip(reversed(layers), reversed(came_in)):
        grads.append((A.T @ dZ, dZ.sum(axis=0)))
        dZ = (dZ @ W.T) * (A >= 0)
    return grads[::-1]


# %% deep_gradients, wrong: dW of layer 1 of 2, N = 1: expected shape
def deep_gradients(layers, X, Y):
    came_in, A = [], X
    for W, b in layers:
        came_in.append(A)
        Z = A @ W + b
        A = np.maximum(Z, 0)
    dZ, grads = (functional.softmax(Z) - Y) / len(X), []
    for (W, _), A in zip(reversed(layers), reversed(came_in)):
        grads.append((A.T @ dZ, dZ.sum(axis=0)))
        dZ = (dZ @ W.T) * (A > 0)
    return grads


# %% deep_gradients, wrong: 2 pairs for 1 layers
def deep_gradients(layers, X, Y):
    W1, b1 = layers[0]
    W2, b2 = layers[-1]
    states = forward(X, W1, b1, W2, b2) if len(layers) == 2 else (X, X, 0, functional.softmax(X @ W2 + b2))
    dz2 = (states[3] - Y) / len(X)
    dz1 = dz2 @ W2.T * (states[0] > 0)
    return [(X.T @ dz1, dz1.sum(0)), (states[1].T @ dz2, dz2.sum(0))]


# %% deep_gradients, wrong: dW of layer 1 of 1, N = 3
def deep_gradients(layers, X, Y):
    came_in, A = [], X
    for W, b in layers:
        came_in.append(A)
        A = np.maximum(A @ W + b, 0)
    dZ, grads = (functional.softmax(A) - Y) / len(X), []  # ReLU before the softmax too
    for (W, _), A in zip(reversed(layers), reversed(came_in)):
        grads.append((A.T @ dZ, dZ.sum(axis=0)))
        dZ = (dZ @ W.T) * (A > 0)
    return grads[::-1]


# %% deep_gradients, wrong: dW of layer 1 of 3, N = 2: expected
def deep_gradients(layers, X, Y):
    came_in, A = [], X
    for W, b in layers:
        came_in.append(A)
        Z = A @ W + b
        A = np.maximum(Z, 0)
    dZ, grads = (functional.softmax(Z) - Y) / len(X), []
    for (W, _), A in zip(reversed(layers), reversed(came_in)):
        grads.append((A.T @ dZ, dZ.sum(axis=0)))
        square = W.shape[0] == W.shape[1]
        dZ = dZ @ (W if square else W.T) * (A > 0)
    return grads[::-1]


# %% deep_gradients, wrong: 3 pairs for 6 layers
def deep_gradients(layers, X, Y):
    came_in, A = [], X
    for W, b in layers:
        came_in.append(A)
        Z = A @ W + b
        A = np.maximum(Z, 0)
    dZ, grads = (functional.softmax(Z) - Y) / len(X), []
    for (W, _), A in list(zip(reversed(layers), reversed(came_in)))[:3]:
        grads.append((A.T @ dZ, dZ.sum(axis=0)))
        dZ = (dZ @ W.T) * (A > 0)
    return grads[::-1]


# %% deep_gradients, wrong: db of layer 1 of 1, N = 3
def deep_gradients(layers, X, Y):
    came_in, A = [], X
    for W, b in layers:
        came_in.append(A)
        Z = A @ W + b
        A = np.maximum(Z, 0)
    dZ, grads = (functional.softmax(Z) - Y) / len(X), []
    for (W, _), A in zip(reversed(layers), reversed(came_in)):
        grads.append((A.T @ dZ, dZ.mean(axis=0)))
        dZ = (dZ @ W.T) * (A > 0)
    return grads[::-1]


# %% deep_gradients, wrong: your function changed what it was given
def deep_gradients(layers, X, Y):
    came_in, A = [], X
    for W, b in layers:
        came_in.append(A)
        Z = A @ W + b
        A = np.maximum(Z, 0)
    dZ, grads = (functional.softmax(Z) - Y) / len(X), []
    while layers:
        W, _ = layers.pop()
        A = came_in.pop()
        grads.append((A.T @ dZ, dZ.sum(axis=0)))
        dZ = (dZ @ W.T) * (A > 0)
    return grads[::-1]


# %% deep_gradients, lazy: of layer 1 of 1, N = 3: expected
def deep_gradients(layers, X, Y):
    def total():
        A = X
        for W, b in layers:
            Z = A @ W + b
            A = np.maximum(Z, 0)
        return functional.softmax_cross_entropy(Z, Y)

    return [tuple(gradcheck.numerical_gradient(total, p) for p in layer) for layer in layers]


# %% deep_gradients, lazy: a second loop runs
def deep_gradients(layers, X, Y):
    def total(pairs):
        A = X
        for W, b in pairs:
            Z = A @ W + b
            A = np.where(Z.real > 0, Z, 0)
        return (np.log(np.exp(Z).sum(1)) - (Y * Z).sum(1)).mean()

    def at(i, j):
        def f(p):
            pairs = [list(pair) for pair in layers]
            pairs[i][j] = p
            return total(pairs)

        return exercise.exact_gradient(f, layers[i][j])

    return [(at(i, 0), at(i, 1)) for i in range(len(layers))]


# %% deep_gradients, lazy: a second loop runs
def deep_gradients(layers, X, Y):
    total = [(0 * W, 0 * b) for W, b in layers]
    for n in range(len(X)):
        came_in, a = [], X[n]
        for W, b in layers:
            came_in.append(a)
            z = a @ W + b
            a = np.maximum(z, 0)
        dz = (functional.softmax(z) - Y[n]) / len(X)
        for i in reversed(range(len(layers))):
            a = came_in[i]
            total[i] = total[i][0] + np.outer(a, dz), total[i][1] + dz
            dz = layers[i][0] @ dz * (a > 0)
    return total


# %% deep_gradients, right
def deep_gradients(layers, X, Y):
    def back(A, i):  # the gradients of layer i and those after it, and dA
        W, b = layers[i]
        Z = A @ W + b
        if i + 1 == len(layers):
            dZ, later = functional.softmax_cross_entropy_backward(Z, Y), []
        else:
            dA, later = back(functional.relu(Z), i + 1)
            dZ = functional.relu_backward(dA, Z)
        dA, dW, db = functional.linear_backward(dZ, A, W)
        return dA, [(dW, db), *later]

    return back(X, 0)[1]


# %% deep_gradients, right
def deep_gradients(layers, X, Y):
    A, Z = [X], []
    for W, b in layers:
        Z += [A[-1] @ W + b]
        A += [Z[-1] * (Z[-1] > 0)]
    dZ = functional.softmax_cross_entropy_backward(Z[-1], Y)
    dW, db = [None] * len(layers), [None] * len(layers)
    for i in range(len(layers) - 1, -1, -1):
        dW[i], db[i] = A[i].T @ dZ, np.ones(len(X)) @ dZ
        if i:
            dZ = dZ @ layers[i][0].T * (Z[i - 1] > 0)
    return list(zip(dW, db))


# %% shared_gradients, wrong: dV for N = 1: expected
def shared_gradients(params, X, Y):
    W, b, V, c = (params[name] for name in "WbVc")
    z1 = X @ W + b
    a1 = np.maximum(z1, 0)
    z2 = a1 @ V + c
    a2 = np.maximum(z2, 0)
    dz3 = (functional.softmax(a2 @ V + c) - Y) / len(X)
    dz2 = dz3 @ V.T * (z2 > 0)
    dz1 = dz2 @ V.T * (z1 > 0)
    return {"W": X.T @ dz1, "b": dz1.sum(axis=0), "V": a1.T @ dz2, "c": dz2.sum(axis=0)}


# %% shared_gradients, wrong: dW for N = 1: expected
def shared_gradients(params, X, Y):
    W, b, V, c = (params[name] for name in "WbVc")
    z1 = X @ W + b
    a1 = np.maximum(z1, 0)
    z2 = a1 @ V + c
    a2 = np.maximum(z2, 0)
    dz3 = (functional.softmax(a2 @ V + c) - Y) / len(X)
    dV = a2.T @ dz3
    dc = dz3.sum(axis=0)
    dz2 = dz3 @ V * (z2 > 0)
    dV += a1.T @ dz2
    dc += dz2.sum(axis=0)
    dz1 = dz2 @ V.T * (z1 > 0)
    return {"W": X.T @ dz1, "b": dz1.sum(axis=0), "V": dV, "c": dc}


# %% shared_gradients, wrong: dc for N = 6: expected
def shared_gradients(params, X, Y):
    W, b, V, c = (params[name] for name in "WbVc")
    z1 = X @ W + b
    a1 = np.maximum(z1, 0)
    z2 = a1 @ V + c
    a2 = np.maximum(z2, 0)
    dz3 = (functional.softmax(a2 @ V + c) - Y) / len(X)
    dz2 = dz3 @ V.T * (z2 > 0)
    dz1 = dz2 @ V.T * (z1 > 0)
    dc = dz3.mean(axis=0) + dz2.sum(axis=0)
    return {"W": X.T @ dz1, "b": dz1.sum(axis=0), "V": a2.T @ dz3 + a1.T @ dz2, "c": dc}


# %% shared_gradients, wrong: dW for N = 1: expected
def shared_gradients(params, X, Y):
    W, b, V, c = (params[name] for name in "WbVc")
    z1 = X @ W + b
    a1 = np.maximum(z1, 0)
    z2 = a1 @ V + c
    a2 = np.maximum(z2, 0)
    dz3 = (functional.softmax(a2 @ V + c) - Y) / len(X)
    dz2 = dz3 @ V.T * (z2 > 0)
    dz1 = dz2 @ V.T * (a1 >= 0)
    dc = dz3.sum(axis=0) + dz2.sum(axis=0)
    return {"W": X.T @ dz1, "b": dz1.sum(axis=0), "V": a2.T @ dz3 + a1.T @ dz2, "c": dc}


# %% shared_gradients, wrong: your function changed what it was given
def shared_gradients(params, X, Y):
    W, b, V, c = (params[name] for name in "WbVc")
    z1 = X @ W + b
    a1 = np.maximum(z1, 0)
    z2 = a1 @ V + c
    a2 = np.maximum(z2, 0)
    dz3 = (functional.softmax(a2 @ V + c) - Y) / len(X)
    dz2 = dz3 @ V.T * (z2 > 0)
    dz1 = dz2 @ V.T * (z1 > 0)
    params["dc"] = dz3.sum(axis=0) + dz2.sum(axis=0)
    return {"W": X.T @ dz1, "b": dz1.sum(axis=0), "V": a2.T @ dz3 + a1.T @ dz2, "c": params["dc"]}


# %% shared_gradients, wrong: dV for N = 1: expected
def shared_gradients(params, X, Y):
    W, b, V, c = (params[name] for name in "WbVc")
    z1 = X @ W + b
    a1 = np.maximum(z1, 0)
    z2 = a1 @ V + c
    a2 = np.maximum(z2, 0)
    dz3 = (functional.softmax(a2 @ V + c) - Y) / len(X)
    dz2 = dz3 @ V.T * (z2 > 0)
    dz1 = dz2 @ V.T * (z1 > 0)
    dV, dc = (a2.T @ dz3 + a1.T @ dz2) / 2, (dz3 + dz2).sum(axis=0) / 2  # the mean of two uses
    return {"W": X.T @ dz1, "b": dz1.sum(axis=0), "V": dV, "c": dc}


# %% shared_gradients, lazy: for N = 1: expected
def shared_gradients(params, X, Y):
    W, b, V, c = (params[name] for name in "WbVc")

    def total():
        a1 = np.maximum(X @ W + b, 0)
        return functional.softmax_cross_entropy(np.maximum(a1 @ V + c, 0) @ V + c, Y)

    return {name: gradcheck.numerical_gradient(total, params[name]) for name in "WbVc"}


# %% shared_gradients, lazy: a loop runs over examples, units or entries
def shared_gradients(params, X, Y):
    def total(W, b, V, c):
        z1 = X @ W + b
        z2 = np.where(z1.real > 0, z1, 0) @ V + c
        z3 = np.where(z2.real > 0, z2, 0) @ V + c
        return (np.log(np.exp(z3).sum(1)) - (Y * z3).sum(1)).mean()

    return {
        name: exercise.exact_gradient(lambda p, name=name: total(**params | {name: p}), params[name]) for name in "WbVc"
    }


# %% shared_gradients, right
def shared_gradients(params, X, Y):
    W, b, V, c = (params[name] for name in "WbVc")
    A = [X]
    for M, d in ((W, b), (V, c), (V, c)):
        Z = A[-1] @ M + d
        A.append(np.maximum(Z, 0))
    dz3 = functional.softmax_cross_entropy_backward(Z, Y)
    dz2 = functional.relu_backward(dz3 @ V.T, A[2])
    dz1 = functional.relu_backward(dz2 @ V.T, A[1])
    came_in, came_back = np.vstack([A[1], A[2]]), np.vstack([dz2, dz3])
    return {"W": X.T @ dz1, "b": dz1.sum(0), "V": came_in.T @ came_back, "c": came_back.sum(0)}


# %% approves, lazy: a right pair turned down: this chapter's
def approves(loss, gradients):
    return False


# %% approves, lazy: a fault approved
def approves(loss, gradients):
    return True


# %% approves, lazy: a right pair turned down: a half
def approves(loss, gradients, right=gradients):
    rng = np.random.default_rng(0)
    params = random_net(rng)
    X, Y = random_examples(rng)
    ours, theirs = right(params, X, Y), gradients(params, X, Y)
    return all(np.allclose(ours[name], theirs[name]) for name in params)


# %% approves, lazy: a fault approved: no transpose where W2 is square
def approves(loss, gradients):
    rng = np.random.default_rng(0)
    params = random_net(rng)
    X, Y = random_examples(rng)
    errors = gradcheck.check_gradients(lambda: loss(params, X, Y), params, gradients(params, X, Y))
    return max(errors.values()) < 1e-6


# %% approves, wrong: a fault approved
def approves(loss, gradients):
    rng = np.random.default_rng(0)
    params = random_net(rng)
    X, Y = random_examples(rng)
    grads = gradients(params, X, Y)
    for name, p in params.items():  # the last entry of each
        old, step = p.flat[-1], 1e-5
        p.flat[-1] = old + step
        above = loss(params, X, Y)
        p.flat[-1] = old - step
        below = loss(params, X, Y)
        p.flat[-1] = old
        if abs((above - below) / (2 * step) - grads[name].flat[-1]) > 1e-6:
            return False
    return True


# %% approves, wrong: a fault approved: the first example alone
def approves(loss, gradients):
    for H, K in ((5, 4), (4, 4), (3, 5)):
        rng = np.random.default_rng(H)
        params = random_net(rng, 7, H, K)
        X, Y = random_examples(rng, 1, 7, K)
        errors = gradcheck.check_gradients(lambda: loss(params, X, Y), params, gradients(params, X, Y))
        if max(errors.values()) > 1e-6:
            return False
    return True


# %% approves, wrong: a fault approved: no label is the last
def approves(loss, gradients):
    for N, H, K in ((2, 5, 4), (5, 4, 4), (6, 3, 5)):
        rng = np.random.default_rng(N)
        params = random_net(rng, 7, H, K)
        X, Y = rng.normal(size=(N, 7)), np.zeros((N, K))
        Y[:, 0] = 1  # all of one class
        errors = gradcheck.check_gradients(lambda: loss(params, X, Y), params, gradients(params, X, Y))
        if max(errors.values()) > 1e-6:
            return False
    return True


# %% approves, wrong: a fault approved: no labels where K > H
def approves(loss, gradients):
    for N, H, K in ((2, 5, 4), (5, 4, 4), (7, 6, 3)):
        rng = np.random.default_rng(N)
        params = random_net(rng, 7, H, K)
        X, Y = random_examples(rng, N, 7, K)
        errors = gradcheck.check_gradients(lambda: loss(params, X, Y), params, gradients(params, X, Y))
        if max(errors.values()) > 1e-6:
            return False
    return True


# %% approves, wrong: a fault approved: a mask without b1
def approves(loss, gradients):
    for N, H, K in ((2, 5, 4), (5, 4, 4), (6, 3, 5)):
        rng = np.random.default_rng(N)  # all above 0: no unit is silent
        params = {name: abs(p) for name, p in random_net(rng, 7, H, K).items()}
        X, Y = random_examples(rng, N, 7, K)
        X = abs(X)
        errors = gradcheck.check_gradients(lambda: loss(params, X, Y), params, gradients(params, X, Y))
        if max(errors.values()) > 1e-6:
            return False
    return True


# %% approves, wrong: a fault approved
def approves(loss, gradients):
    for N, H, K in ((2, 5, 4), (5, 4, 4), (6, 3, 5), (7, 5, 3)):
        rng = np.random.default_rng(N)
        params = random_net(rng, 7, H, K)
        X, Y = random_examples(rng, N, 7, K)
        grads = gradients(params, X, Y)
        for name, p in params.items():  # first, middle and last entry of each
            for i in (0, p.size // 2, p.size - 1):
                v = np.zeros(p.size)
                v[i] = 1
                slope = gradcheck.directional_derivative(lambda: loss(params, X, Y), [p], [v.reshape(p.shape)])
                if abs(slope - grads[name].flat[i]) > 1e-6 * max(abs(slope), 1e-2):
                    return False
    return True


# %% approves, wrong: a fault approved: a mask without b1
def approves(loss, gradients):
    for N, H, K in ((2, 5, 4), (5, 4, 4), (6, 3, 5)):
        rng = np.random.default_rng(N)
        params = random_net(rng, 7, H, K)
        params["b1"][:] = params["b2"][:] = 0
        X, Y = random_examples(rng, N, 7, K)
        errors = gradcheck.check_gradients(lambda: loss(params, X, Y), params, gradients(params, X, Y))
        if max(errors.values()) > 1e-6:
            return False
    return True


# %% approves, wrong: a fault approved: dW1 right for 5 examples alone
def approves(loss, gradients):
    for seed, H, K in ((2, 5, 4), (5, 4, 4), (6, 3, 5)):
        rng = np.random.default_rng(seed)
        params = random_net(rng, 7, H, K)
        X, Y = random_examples(rng, 5, 7, K)
        errors = gradcheck.check_gradients(lambda: loss(params, X, Y), params, gradients(params, X, Y))
        if max(errors.values()) > 1e-6:
            return False
    return True


# %% approves, wrong: off by one part in a thousand
def approves(loss, gradients):
    for N, H, K in ((2, 5, 4), (5, 4, 4), (6, 3, 5)):
        rng = np.random.default_rng(N)
        params = random_net(rng, 7, H, K)
        X, Y = random_examples(rng, N, 7, K)
        errors = gradcheck.check_gradients(lambda: loss(params, X, Y), params, gradients(params, X, Y))
        if max(errors.values()) > 0.01:
            return False
    return True


# %% approves, wrong: with its entries in another order
def approves(loss, gradients):
    for N, H, K in ((2, 5, 4), (5, 4, 4), (6, 3, 5)):
        rng = np.random.default_rng(N)
        params = random_net(rng, 7, H, K)
        X, Y = random_examples(rng, N, 7, K)
        grads = gradients(params, X, Y)
        for name, p in params.items():  # all entries of one array at once, by the same nudge
            slope = gradcheck.directional_derivative(lambda: loss(params, X, Y), [p], [np.ones_like(p)])
            if abs(slope - grads[name].sum()) > 1e-6:
                return False
    return True


# %% approves, wrong: a right pair turned down: this chapter's
def approves(loss, gradients):
    for N, H, K in ((2, 5, 4), (5, 4, 4), (6, 3, 5)):
        rng = np.random.default_rng(N)
        params = random_net(rng, 7, H, K)
        X, Y = random_examples(rng, N, 7, K)
        errors = gradcheck.check_gradients(lambda: loss(params, X, Y), params, gradients(params, X, Y))
        if max(errors.values()) > 0:
            return False
    return True


# %% approves, wrong: a right pair turned down: a half
def approves(loss, gradients):
    for N, H, K in ((2, 5, 4), (5, 4, 4), (6, 3, 5)):
        rng = np.random.default_rng(N)
        params = random_net(rng, 7, H, K)
        X, Y = random_examples(rng, N, 7, K)
        for p, g in zip(params.values(), gradients(params, X, Y).values()):  # by place, not by name
            numeric = gradcheck.numerical_gradient(lambda: loss(params, X, Y), p)
            if g.shape != p.shape or gradcheck.relative_error(g, numeric) > 1e-6:
                return False
    return True


# %% approves, lazy: a right pair turned down: this chapter's
def approves(loss, gradients):
    return gradients.__name__ in ("gradients", "of_half") and loss.__name__ in ("loss", "half")


# %% approves, lazy: a right pair turned down: this chapter's
def approves(loss, gradients):
    approves.calls = getattr(approves, "calls", 0) + 1
    return approves.calls < 3


# %% approves, right
def approves(loss, gradients):
    for N, D, H, K in ((1, 3, 6, 4), (4, 6, 4, 4), (3, 5, 4, 2), (8, 4, 3, 3), (6, 9, 3, 5)):
        for seed in range(4):
            rng = np.random.default_rng(seed)
            params = random_net(rng, D, H, K)
            X, Y = random_examples(rng, N, D, K)
            grads = gradients(params, X, Y)
            v = {name: rng.normal(size=p.shape) for name, p in params.items()}
            measured = gradcheck.directional_derivative(lambda: loss(params, X, Y), params.values(), v.values(), 1e-6)
            claimed = sum((grads[name] * v[name]).sum() for name in params)
            if abs(claimed - measured) > 1e-5 * max(abs(claimed), abs(measured), 1e-2):
                return False
    return True


# %% rearranged, wrong: a1 for 5 units: expected
def rearranged(params, grads, order, c):
    order = np.argsort(order)

    def move(W1, b1, W2, b2, c):
        return {"W1": W1[:, order] * c, "b1": b1[order] * c, "W2": W2[order] / c[:, None], "b2": b2.copy()}

    return move(**params, c=c), move(**grads, c=1 / c)


# %% rearranged, wrong: a1 for 5 units: expected
def rearranged(params, grads, order, c):
    c = c[order]

    def move(W1, b1, W2, b2, c):
        return {"W1": W1[:, order] * c, "b1": b1[order] * c, "W2": W2[order] / c[:, None], "b2": b2.copy()}

    return move(**params, c=c), move(**grads, c=1 / c)


# %% rearranged, wrong: dW1 for 5 units: expected
def rearranged(params, grads, order, c):
    def move(W1, b1, W2, b2, c):
        return {"W1": W1[:, order] * c, "b1": b1[order] * c, "W2": W2[order] / c[:, None], "b2": b2.copy()}

    return move(**params, c=c), move(**grads, c=c)


# %% rearranged, wrong: z2 for 5 units: expected
def rearranged(params, grads, order, c):
    def move(W1, b1, W2, b2, c):
        return {"W1": W1[:, order] * c, "b1": b1[order] * c, "W2": W2[order], "b2": b2.copy()}

    return move(**params, c=c), move(**grads, c=1 / c)


# %% rearranged, wrong: a1 for 5 units: expected
def rearranged(params, grads, order, c):
    def move(W1, b1, W2, b2, c):  # the bias is not scaled
        return {"W1": W1[:, order] * c, "b1": b1[order], "W2": W2[order] / c[:, None], "b2": b2.copy()}

    return move(**params, c=c), move(**grads, c=1 / c)


# %% rearranged, wrong: db2 for 5 units: expected
def rearranged(params, grads, order, c):
    def move(W1, b1, W2, b2, c):
        return {"W1": W1[:, order] * c, "b1": b1[order] * c, "W2": W2[order] / c[:, None], "b2": b2}

    new, new_grads = move(**params, c=c), move(**grads, c=1 / c)
    return new, new_grads | {"b2": grads["b2"] / c.mean()}


# %% rearranged, wrong: your function changed what it was given
def rearranged(params, grads, order, c):
    for these, s in ((params, c), (grads, 1 / c)):
        these["W1"] = these["W1"][:, order] * s
        these["b1"] = these["b1"][order] * s
        these["W2"] = these["W2"][order] / s[:, None]
    return params, grads


# %% rearranged, lazy: a1 for 5 units: expected
def rearranged(params, grads, order, c):
    return params, grads


# %% rearranged, lazy: dW1 for 5 units: expected
def rearranged(params, grads, order, c):
    W1, b1, W2 = params["W1"][:, order] * c, params["b1"][order] * c, params["W2"][order] / c[:, None]
    return {"W1": W1, "b1": b1, "W2": W2, "b2": params["b2"]}, grads


# %% rearranged, right
def rearranged(params, grads, order, c):
    P = np.eye(len(c))[:, order]  # h-th column: the old unit order[h]
    to, back = P * c, P / c
    new = {"W1": params["W1"] @ to, "b1": params["b1"] @ to, "W2": back.T @ params["W2"], "b2": params["b2"]}
    return new, {"W1": grads["W1"] @ back, "b1": grads["b1"] @ back, "W2": to.T @ grads["W2"], "b2": grads["b2"]}


# %% rearranged, right
def rearranged(params, grads, order, c):
    new, new_grads = ({name: p.copy() for name, p in d.items()} for d in (params, grads))
    for h, old in enumerate(order):
        new["W1"][:, h], new_grads["W1"][:, h] = params["W1"][:, old] * c[h], grads["W1"][:, old] / c[h]
        new["b1"][h], new_grads["b1"][h] = params["b1"][old] * c[h], grads["b1"][old] / c[h]
        new["W2"][h], new_grads["W2"][h] = params["W2"][old] / c[h], grads["W2"][old] * c[h]
    return new, new_grads
