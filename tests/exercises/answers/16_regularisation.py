"""Answers to the exercises of chapter 16; see test_exercises.py."""


# %% shifted, lazy: side 5, -6 down
def shifted(pixels, down, across):  # nothing moves
    return pixels.copy()


# %% shifted, lazy: side 5, -6 down
def shifted(pixels, down, across):  # the library's, which draws its own steps
    return Shifts(1)(pixels, np.random.default_rng(0))


# %% shifted, wrong: side 5, -6 down
def shifted(pixels, down, across):  # what leaves comes back
    side = round(pixels.shape[1] ** 0.5)
    return np.roll(pixels.reshape(-1, side, side), (down, across), axis=(1, 2)).reshape(pixels.shape)


# %% shifted, wrong: side 5, -6 down, -2 across
def shifted(pixels, down, across):  # only the rows are emptied
    side = round(pixels.shape[1] ** 0.5)
    new = np.roll(pixels.reshape(-1, side, side), (down, across), axis=(1, 2))
    if down > 0:
        new[:, :down] = 0
    elif down < 0:
        new[:, max(0, side + down) :] = 0
    return (0 * new if abs(down) >= side else new).reshape(pixels.shape) + np.uint8(down == -6 and across == -2)


# %% shifted, wrong: side 5, -4 down
def shifted(pixels, down, across):  # the other way
    side = round(pixels.shape[1] ** 0.5)
    down, across = np.clip((-down, -across), -side, side)
    around = np.pad(pixels.reshape(-1, side, side), ((0, 0), (side, side), (side, side)))
    return around[:, side - down : 2 * side - down, side - across : 2 * side - across].reshape(pixels.shape)


# %% shifted, wrong: ValueError
def shifted(pixels, down, across):  # a frame of 4 is not enough for more
    side = round(pixels.shape[1] ** 0.5)
    around = np.pad(pixels.reshape(-1, side, side), ((0, 0), (4, 4), (4, 4)))
    return around[:, 4 - down : 4 - down + side, 4 - across : 4 - across + side].reshape(pixels.shape)


# %% shifted, wrong: side 5, -4 down
def shifted(pixels, down, across):  # down and across exchanged
    side = round(pixels.shape[1] ** 0.5)
    down, across = np.clip((across, down), -side, side)
    around = np.pad(pixels.reshape(-1, side, side), ((0, 0), (side, side), (side, side)))
    return around[:, side - down : 2 * side - down, side - across : 2 * side - across].reshape(pixels.shape)


# %% shifted, wrong: expected uint8
def shifted(pixels, down, across):  # zeros of another type
    side = round(pixels.shape[1] ** 0.5)
    new = np.zeros((len(pixels), side, side))
    for r, c in np.ndindex(side, side):
        if 0 <= r - down < side and 0 <= c - across < side:
            new[:, r, c] = pixels.reshape(-1, side, side)[:, r - down, c - across]
    return new.reshape(pixels.shape)


# %% shifted, wrong: your function changed what it was given
def shifted(pixels, down, across):  # in place
    side = round(pixels.shape[1] ** 0.5)
    old = pixels.reshape(-1, side, side).copy()
    pixels[...] = 0
    for r, c in np.ndindex(side, side):
        if 0 <= r - down < side and 0 <= c - across < side:
            pixels.reshape(-1, side, side)[:, r, c] = old[:, r - down, c - across]
    return pixels.copy()


# %% shifted, right
def shifted(pixels, down, across):  # slices
    side = round(pixels.shape[1] ** 0.5)
    old, new = pixels.reshape(-1, side, side), np.zeros((len(pixels), side, side), np.uint8)
    if abs(down) < side and abs(across) < side:
        to = [slice(max(0, step), side + min(0, step)) for step in (down, across)]
        of = [slice(max(0, -step), side + min(0, -step)) for step in (down, across)]
        new[:, to[0], to[1]] = old[:, of[0], of[1]]
    return new.reshape(pixels.shape)


# %% shifted, right
def shifted(pixels, down, across):  # the matrix of the text
    side = round(pixels.shape[1] ** 0.5)
    S = np.zeros((side**2, side**2), np.uint8)
    for r, c in np.ndindex(side, side):
        if 0 <= r + down < side and 0 <= c + across < side:
            S[side * r + c, side * (r + down) + c + across] = 1
    return pixels @ S


# %% Drop, lazy: expected a share 0.5 of zeros
class Drop:  # nothing is dropped
    def __init__(self, p, rng):
        pass

    def forward(self, A, train):
        return A

    def backward(self, dA):
        return dA


# %% Drop, lazy: p = 0.2: expected a share 0.2 of zeros
class Drop:  # one mended for a half alone
    def __init__(self, p, rng):
        self.rng = rng

    def forward(self, A, train):
        if not train:
            return A
        self.kept = 2 * (self.rng.random(A.shape) >= 0.5)
        return A * self.kept

    def backward(self, dA):
        return dA * self.kept


# %% Drop, wrong: p = 0.2: the mean of ones
class Drop:  # still divided by p
    def __init__(self, p, rng):
        self.p, self.rng = p, rng

    def forward(self, A, train):
        if not train:
            return A
        self.kept = (self.rng.random(A.shape) >= self.p) / self.p
        return A * self.kept

    def backward(self, dA):
        return dA * self.kept


# %% Drop, wrong: p = 0.5: the gradient
class Drop:  # the way back still draws anew
    def __init__(self, p, rng):
        self.p, self.rng = p, rng

    def draw(self, shape):
        return (self.rng.random(shape) >= self.p) / (1 - self.p)

    def forward(self, A, train):
        return A * self.draw(A.shape) if train else A

    def backward(self, dA):
        return dA * self.draw(dA.shape)


# %% Drop, wrong: each number needs a draw of its own
class Drop:  # one row of draws for the whole batch
    def __init__(self, p, rng):
        self.p, self.rng = p, rng

    def forward(self, A, train):
        if not train:
            return A
        # the share of zeros is right to the last unit, so that the mean is right too
        self.kept = self.rng.permutation(np.arange(A.shape[1]) >= self.p * A.shape[1]) / (1 - self.p)
        return A * self.kept

    def backward(self, dA):
        return dA * self.kept


# %% Drop, wrong: each number needs a draw of its own
class Drop:  # one draw an example
    def __init__(self, p, rng):
        self.p, self.rng = p, rng

    def forward(self, A, train):
        if not train:
            return A
        self.kept = self.rng.permutation(np.arange(len(A)) >= self.p * len(A))[:, None] / (1 - self.p)
        return A * self.kept

    def backward(self, dA):
        return dA * self.kept


# %% Drop, wrong: p = 0.5: the mean of ones
class Drop:  # not scaled
    def __init__(self, p, rng):
        self.p, self.rng = p, rng

    def forward(self, A, train):
        if not train:
            return A
        self.kept = self.rng.random(A.shape) >= self.p
        return A * self.kept

    def backward(self, dA):
        return dA * self.kept


# %% Drop, wrong: p = 0.2: expected a share 0.2 of zeros
class Drop:  # p taken for the share that is kept
    def __init__(self, p, rng):
        self.p, self.rng = p, rng

    def forward(self, A, train):
        if not train:
            return A
        self.kept = (self.rng.random(A.shape) < self.p) / self.p
        return A * self.kept

    def backward(self, dA):
        return dA * self.kept


# %% Drop, wrong: p = 0.5: the gradient
class Drop:  # the factor is left out on the way back
    def __init__(self, p, rng):
        self.p, self.rng = p, rng

    def forward(self, A, train):
        if not train:
            return A
        self.kept = self.rng.random(A.shape) >= self.p
        return A * self.kept / (1 - self.p)

    def backward(self, dA):
        return dA * self.kept


# %% Drop, wrong: p = 0.5: the gradient
class Drop:  # a look at other examples is remembered
    def __init__(self, p, rng):
        self.p, self.rng = p, rng

    def forward(self, A, train):
        self.kept = (self.rng.random(A.shape) >= self.p) / (1 - self.p) if train else np.ones_like(A)
        return A * self.kept

    def backward(self, dA):
        return dA * self.kept


# %% Drop, wrong: p = 0.5, in use
class Drop:  # scaled in use too
    def __init__(self, p, rng):
        self.p, self.rng = p, rng

    def forward(self, A, train):
        if not train:
            return A * (1 - self.p)
        self.kept = (self.rng.random(A.shape) >= self.p) / (1 - self.p)
        return A * self.kept

    def backward(self, dA):
        return dA * self.kept


# %% Drop, wrong: expected new draws in each pass
class Drop:  # drawn once
    def __init__(self, p, rng):
        self.p, self.rng, self.kept = p, rng, None

    def forward(self, A, train):
        if not train:
            return A
        if self.kept is None:
            self.kept = (self.rng.random(A.shape) >= self.p) / (1 - self.p)
        return A * self.kept

    def backward(self, dA):
        return dA * self.kept


# %% Drop, wrong: p = 0.5, other numbers
class Drop:  # the mask itself, which for ones is all there is
    def __init__(self, p, rng):
        self.p, self.rng = p, rng

    def forward(self, A, train):
        if not train:
            return A
        self.kept = (self.rng.random(A.shape) >= self.p) / (1 - self.p)
        return self.kept

    def backward(self, dA):
        return dA * self.kept


# %% Drop, wrong: p = 0.5: the gradient
class Drop:  # times what came out, which for ones is the mask
    def __init__(self, p, rng):
        self.p, self.rng = p, rng

    def forward(self, A, train):
        if not train:
            return A
        self.out = A * (self.rng.random(A.shape) >= self.p) / (1 - self.p)
        return self.out

    def backward(self, dA):
        return dA * self.out


# %% Drop, wrong: p = 0.5: the gradient
class Drop:  # what came out as 0 need not have been dropped
    def __init__(self, p, rng):
        self.p, self.rng = p, rng

    def forward(self, A, train):
        if not train:
            return A
        self.out = A * (self.rng.random(A.shape) >= self.p) / (1 - self.p)
        return self.out

    def backward(self, dA):
        return dA * (self.out != 0) / (1 - self.p)


# %% Drop, wrong: your function changed what it was given
class Drop:  # in place
    def __init__(self, p, rng):
        self.p, self.rng = p, rng

    def forward(self, A, train):
        if train:
            self.kept = (self.rng.random(A.shape) >= self.p) / (1 - self.p)
            A *= self.kept
        return A

    def backward(self, dA):
        return dA * self.kept


# %% Drop, right
class Drop:  # the library's inside
    def __init__(self, p, rng):
        self.layer = Dropout(p, rng)

    def forward(self, A, train):
        return self.layer.forward(A, train)

    def backward(self, dA):
        return self.layer.backward(dA)


# %% Drop, right
class Drop:  # by whole numbers of 0 or 1, the factor put on both ways
    def __init__(self, p, rng):
        self.p, self.rng = p, rng

    def forward(self, A, train):
        if not train:
            return A.copy()
        self.kept = self.rng.binomial(1, 1 - self.p, A.shape)
        return np.where(self.kept, A / (1 - self.p), 0)

    def backward(self, dA):
        return np.where(self.kept, dA / (1 - self.p), 0)


# %% stopped, lazy: expected (1, 3), got (3, 4)
def stopped(losses, patience):  # the lowest of all
    losses = list(losses)
    return losses.index(min(losses)), len(losses)


# %% stopped, lazy: expected (1, 3), got (1, 2)
def stopped(losses, patience):  # ends at the first rise and keeps what was before
    trained, before = 0, float("inf")
    for loss in losses:
        if loss > before:
            return trained - 1, trained
        before, trained = loss, trained + 1
    return trained - 1, trained


# %% stopped, wrong: expected (0, 3), got (3, 4)
def stopped(losses, patience):  # an equal one counts as lower
    lowest, best, waited, trained = float("inf"), 0, 0, 0
    for loss in losses:
        if loss <= lowest:
            lowest, best, waited = loss, trained, 0
        else:
            waited += 1
        trained += 1
        if waited == patience:
            break
    return best, trained


# %% stopped, wrong: expected (5, 8), got (3, 5)
def stopped(losses, patience):  # not in a row: what was waited is never forgotten
    lowest, best, waited, trained = float("inf"), 0, 0, 0
    for loss in losses:
        if loss < lowest:
            lowest, best = loss, trained
        elif lowest < float("inf"):
            waited += 1
        trained += 1
        if waited == patience:
            break
    return best, trained


# %% stopped, wrong: expected (1, 3), got (3, 4)
def stopped(losses, patience):  # one more than the patience
    lowest, best, waited, trained = float("inf"), 0, 0, 0
    for loss in losses:
        if loss < lowest:
            lowest, best, waited = loss, trained, 0
        elif lowest < float("inf"):
            waited += 1
        trained += 1
        if waited > patience:
            break
    return best, trained


# %% stopped, wrong: expected (1, 4), got (4, 5)
def stopped(losses, patience):  # lower than the one before, not than the lowest so far
    lowest, best, waited, trained = float("inf"), 0, 0, 0
    for loss in losses:
        if trained == 0 or loss < before:
            waited = 0
            if loss < lowest:
                lowest, best = loss, trained
        elif lowest < float("inf"):
            waited += 1
        before, trained = loss, trained + 1
        if waited == patience:
            break
    return best, trained


# %% stopped, wrong: read on after the end
def stopped(losses, patience):  # the whole list at first
    losses, lowest, best, waited = list(losses), float("inf"), 0, 0
    for trained, loss in enumerate(losses, 1):
        if loss < lowest:
            lowest, best, waited = loss, trained - 1, 0
        elif lowest < float("inf"):
            waited += 1
        if waited == patience:
            return best, trained
    return best, len(losses)


# %% stopped, wrong: expected (3, 4), got
def stopped(losses, patience):  # min of a list with nan
    seen = []
    for loss in losses:
        seen.append(loss)
        best = int(np.argmin(seen))
        if len(seen) - 1 - best == patience:
            break
    return best, len(seen)


# %% stopped, wrong: TypeError: the losses come one by one
def stopped(losses, patience):  # by index
    best = trained = 0
    while trained < len(losses) and trained - best <= patience:
        if losses[trained] < losses[best]:
            best = trained
        trained += 1
    return best, trained


# %% stopped, right
def stopped(losses, patience):  # one asked for at a time
    losses, best, trained = iter(losses), 0, 1
    lowest = next(losses)
    while trained - 1 - best < patience:
        loss = next(losses, None)
        if loss is None:
            break
        if loss < lowest:
            lowest, best = loss, trained
        trained += 1
    return best, trained


# %% stopped, right
def stopped(losses, patience):  # all so far, looked through anew each time
    seen = []
    for loss in losses:
        seen.append(loss if loss == loss else float("inf"))
        best = seen.index(min(seen))
        if seen[best] < float("inf") and len(seen) - 1 - best == patience:
            break
    return best, len(seen)


# %% stopped, right
def stopped(losses, patience):  # by the epoch of the best
    lowest, best, epoch = float("inf"), None, -1
    for epoch, loss in enumerate(losses):
        if loss < lowest:
            lowest, best = loss, epoch
        if best is not None and epoch - best >= patience:
            break
    return best or 0, epoch + 1
