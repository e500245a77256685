"""PyTorch on the processor, eager: as it is usually written, and in the best form that we found."""

from functools import partial

import numpy as np
import torch

from benchmarks.peers import scores

torch.set_num_threads(1)


def network(recipe, D, rng):
    """Return the network with a recipe's first weights."""
    net = torch.nn.Sequential(torch.nn.Linear(D, 64), torch.nn.ReLU(), torch.nn.Linear(64, 10))
    with torch.no_grad():
        for param, first in zip(net.parameters(), recipe.first_weights(rng, D), strict=True):
            param.copy_(torch.from_numpy(first.T))
    return net


def finished(net, unfolded=lambda W1: W1):
    W1, b1, W2, b2 = (param.detach().numpy().T for param in net.parameters())
    return scores(unfolded(np.ascontiguousarray(W1)), b1, W2, b2)


def groups(net, recipe):
    """Return the parameters for AdamW: matrices decay, biases do not."""
    layers = net[0], net[2]
    decay = {"params": [layer.weight for layer in layers], "weight_decay": recipe.weight_decay}
    return [decay, {"params": [layer.bias for layer in layers], "weight_decay": 0.0}]


def one_at_a_time(recipe, X, y, rng):
    net = network(recipe, 784, rng)
    pictures, labels = torch.tensor(X).float() / 255, torch.from_numpy(y.astype(np.int64))
    sgd = torch.optim.SGD(net.parameters(), lr=recipe.rate)
    for _ in range(recipe.epochs):
        for x, label in zip(pictures, labels, strict=True):
            loss = torch.nn.functional.cross_entropy(net(x), label)
            sgd.zero_grad()
            loss.backward()
            sgd.step()
    return finished(net)


def usual(recipe):
    """A scaled data set, batches by indexing, AdamW as it comes, a scheduler."""

    def train(X, y, rng):
        examples, unfolded = recipe.examples(X)
        net = network(recipe, examples.shape[1], rng)
        pictures, labels = torch.tensor(examples).float() / 255, torch.from_numpy(y.astype(np.int64))
        adamw = torch.optim.AdamW(groups(net, recipe), lr=1.0, betas=(recipe.beta1, recipe.beta2))
        rates = recipe.rates(len(y)).tolist()
        schedule = torch.optim.lr_scheduler.LambdaLR(adamw, lambda t: rates[min(t, len(rates) - 1)])
        entropy = torch.nn.CrossEntropyLoss(label_smoothing=recipe.smoothing)
        for rows in recipe.batches(len(y), rng):
            rows = torch.from_numpy(rows)
            loss = entropy(net(pictures[rows]), labels[rows])
            adamw.zero_grad()
            loss.backward()
            adamw.step()
            schedule.step()
        return finished(net, unfolded)

    return train if recipe.batch > 1 else partial(one_at_a_time, recipe)


def best(recipe):
    """Bytes gathered into one buffer, scaled there, and AdamW in one kernel for all parameters."""

    def train(X, y, rng):
        examples, unfolded = recipe.examples(X)
        net = network(recipe, examples.shape[1], rng)
        pictures, labels = torch.tensor(examples), torch.from_numpy(y.astype(np.int64))
        adamw = torch.optim.AdamW(groups(net, recipe), lr=1.0, betas=(recipe.beta1, recipe.beta2), fused=True)
        pixels = torch.empty((recipe.batch, examples.shape[1]), dtype=torch.uint8)
        for rows, rate in zip(recipe.batches(len(y), rng), recipe.rates(len(y)).tolist(), strict=True):
            rows = torch.from_numpy(rows)
            taken = pixels[: len(rows)]
            torch.index_select(pictures, 0, rows, out=taken)
            loss = torch.nn.functional.cross_entropy(
                net(taken.float().div_(255)), labels[rows], label_smoothing=recipe.smoothing
            )
            for group in adamw.param_groups:
                group["lr"] = rate
            adamw.zero_grad(set_to_none=True)
            loss.backward()
            adamw.step()
        return finished(net, unfolded)

    return train
