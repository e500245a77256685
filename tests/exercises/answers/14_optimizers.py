"""Answers to the exercises of chapter 14; see test_exercises.py."""


# %% adamw, lazy: after update 1
def adamw(w, gradients, etas, decay):  # plain descent has no memory
    made = []
    for g, eta in zip(gradients, etas):
        w = w - eta * np.sign(g)
        made.append(w)
    return made


# %% adamw, lazy: gradients about 1, after update 2
def adamw(w, gradients, etas, decay):  # the library's, with its own defaults
    params, made = {"w": w.copy()}, []
    optimizer = AdamW(0.0, weight_decay=decay)
    for g, eta in zip(gradients, etas):
        optimizer.schedule = constant(eta)
        optimizer.step(params, {"w": g})
        made.append(params["w"].copy())
    return made


# %% adamw, wrong: after update 1
def adamw(w, gradients, etas, decay):  # an L2 penalty, inside the division
    m, s, made = np.zeros_like(w), np.zeros_like(w), []
    for t, (g, eta) in enumerate(zip(gradients, etas), 1):
        g = g + decay * w
        m, s = 0.9 * m + 0.1 * g, 0.99 * s + 0.01 * g**2
        w = w - eta * m / (1 - 0.9**t) / (np.sqrt(s / (1 - 0.99**t)) + 1e-8)
        made.append(w)
    return made


# %% adamw, wrong: after update 1
def adamw(w, gradients, etas, decay):  # no correction
    m, s, made = np.zeros_like(w), np.zeros_like(w), []
    for g, eta in zip(gradients, etas):
        m, s = 0.9 * m + 0.1 * g, 0.99 * s + 0.01 * g**2
        w = (1 - eta * decay) * w - eta * m / (np.sqrt(s) + 1e-8)
        made.append(w)
    return made


# %% adamw, wrong: FloatingPointError
def adamw(w, gradients, etas, decay):  # t from 0
    m, s, made = np.zeros_like(w), np.zeros_like(w), []
    for t, (g, eta) in enumerate(zip(gradients, etas)):
        m, s = 0.9 * m + 0.1 * g, 0.99 * s + 0.01 * g**2
        m_hat, s_hat = m / np.float64(1 - 0.9**t), s / np.float64(1 - 0.99**t)
        w = (1 - eta * decay) * w - eta * m_hat / (np.sqrt(s_hat) + 1e-8)
        made.append(w)
    return made


# %% adamw, wrong: after update 2
def adamw(w, gradients, etas, decay):  # keeps the corrected mean
    m, s, made = np.zeros_like(w), np.zeros_like(w), []
    for t, (g, eta) in enumerate(zip(gradients, etas), 1):
        m, s = 0.9 * m + 0.1 * g, 0.99 * s + 0.01 * g**2
        m = m / (1 - 0.9**t)
        w = (1 - eta * decay) * w - eta * m / (np.sqrt(s / (1 - 0.99**t)) + 1e-8)
        made.append(w)
    return made


# %% adamw, wrong: gradients about 1, after update 1
def adamw(w, gradients, etas, decay):  # epsilon before the root
    m, s, made = np.zeros_like(w), np.zeros_like(w), []
    for t, (g, eta) in enumerate(zip(gradients, etas), 1):
        m, s = 0.9 * m + 0.1 * g, 0.99 * s + 0.01 * g**2
        w = (1 - eta * decay) * w - eta * m / (1 - 0.9**t) / np.sqrt(s / (1 - 0.99**t) + 1e-20)
        made.append(w)
    return made


# %% adamw, wrong: after update 1
def adamw(w, gradients, etas, decay):  # decay without the step size
    m, s, made = np.zeros_like(w), np.zeros_like(w), []
    for t, (g, eta) in enumerate(zip(gradients, etas), 1):
        m, s = 0.9 * m + 0.1 * g, 0.99 * s + 0.01 * g**2
        w = (1 - decay) * w - eta * m / (1 - 0.9**t) / (np.sqrt(s / (1 - 0.99**t)) + 1e-8)
        made.append(w)
    return made


# %% adamw, wrong: after update 1
def adamw(w, gradients, etas, decay):  # the decay after the step takes from the step too
    m, s, made = np.zeros_like(w), np.zeros_like(w), []
    for t, (g, eta) in enumerate(zip(gradients, etas), 1):
        m, s = 0.9 * m + 0.1 * g, 0.99 * s + 0.01 * g**2
        w = w - eta * m / (1 - 0.9**t) / (np.sqrt(s / (1 - 0.99**t)) + 1e-8)
        w = (1 - eta * decay) * w
        made.append(w)
    return made


# %% adamw, wrong: your function changed what it was given
def adamw(w, gradients, etas, decay):  # in place
    m, s, made = np.zeros_like(w), np.zeros_like(w), []
    for t, (g, eta) in enumerate(zip(gradients, etas), 1):
        m, s = 0.9 * m + 0.1 * g, 0.99 * s + 0.01 * g**2
        w *= 1 - eta * decay
        w -= eta * m / (1 - 0.9**t) / (np.sqrt(s / (1 - 0.99**t)) + 1e-8)
        made.append(w.copy())
    return made


# %% adamw, wrong: after update 1
def adamw(w, gradients, etas, decay):  # the same array again and again
    w, m, s, made = w.copy(), np.zeros_like(w), np.zeros_like(w), []
    for t, (g, eta) in enumerate(zip(gradients, etas), 1):
        m, s = 0.9 * m + 0.1 * g, 0.99 * s + 0.01 * g**2
        w *= 1 - eta * decay
        w -= eta * m / (1 - 0.9**t) / (np.sqrt(s / (1 - 0.99**t)) + 1e-8)
        made.append(w)
    return made


# %% adamw, wrong: expected 7 arrays
def adamw(w, gradients, etas, decay):  # the last one alone
    m, s = np.zeros_like(w), np.zeros_like(w)
    for t, (g, eta) in enumerate(zip(gradients, etas), 1):
        m, s = 0.9 * m + 0.1 * g, 0.99 * s + 0.01 * g**2
        w = (1 - eta * decay) * w - eta * m / (1 - 0.9**t) / (np.sqrt(s / (1 - 0.99**t)) + 1e-8)
    return [w]


# %% adamw, right
def adamw(w, gradients, etas, decay):  # the library's, all of w as a matrix
    params, made = {"w": w.reshape(1, -1).copy()}, []
    optimizer = AdamW(lambda t, total: float(etas[t]), weight_decay=decay, beta2=0.99)
    for g in gradients:
        optimizer.step(params, {"w": g.reshape(1, -1)})
        made.append(params["w"].reshape(w.shape).copy())
    return made


# %% adamw, right
def adamw(w, gradients, etas, decay):  # the correction in the step size, as Kingma and Ba also write it
    m, s, made = 0 * w, 0 * w, []
    for t, (g, eta) in enumerate(zip(gradients, etas), 1):
        m, s = m + 0.1 * (g - m), s + 0.01 * (g * g - s)
        root = (1 - 0.99**t) ** 0.5
        w = w - eta * decay * w - eta * root / (1 - 0.9**t) * m / (np.sqrt(s) + root * 1e-8)
        made.append(w)
    return made


# %% adam_steps, lazy: step 1
def adam_steps(gradients, eta):  # the sign alone
    return [eta * np.sign(g) * 1.1 for g in gradients]


# %% adam_steps, lazy: step 2
def adam_steps(gradients, eta):  # right where the gradient is constant
    return [eta * np.sign(g) * np.abs(g) / (np.abs(g) + 1e-8) for g in gradients]


# %% adam_steps, wrong: no gradient, no step
def adam_steps(gradients, eta):  # two of three: the drift is left
    m, s, steps = 0.0, 0.0, []
    for t, g in enumerate(gradients, 1):
        m, s = 0.9 * m + 0.1 * g, 0.999 * s + 0.001 * g**2
        m_hat, s_hat = m / (1 - 0.9**t), s / (1 - 0.999**t)
        steps.append(eta * m_hat / np.maximum(np.sqrt(s_hat), 1e-30) + 1e-8)
    return steps


# %% adam_steps, wrong: step 2
def adam_steps(gradients, eta):  # two of three: the corrected mean is kept
    m, s, steps = 0.0, 0.0, []
    for t, g in enumerate(gradients, 1):
        m, s = 0.9 * m + 0.1 * g, 0.999 * s + 0.001 * g**2
        m = m / (1 - 0.9**t)
        steps.append(eta * m / (np.sqrt(s / (1 - 0.999**t)) + 1e-8))
    return steps


# %% adam_steps, wrong: step 1
def adam_steps(gradients, eta):  # two of three: s with the other share
    m, s, steps = 0.0, 0.0, []
    for t, g in enumerate(gradients, 1):
        m, s = 0.9 * m + 0.1 * g, 0.999 * s + 0.001 * g**2
        steps.append(eta * m / (1 - 0.9**t) / (np.sqrt(s / (1 - 0.9**t)) + 1e-8))
    return steps


# %% adam_steps, wrong: FloatingPointError: invalid
def adam_steps(gradients, eta):  # without epsilon: 0/0
    m, s, steps = 0.0, 0.0, []
    for t, g in enumerate(gradients, 1):
        m, s = 0.9 * m + 0.1 * g, 0.999 * s + 0.001 * g**2
        steps.append(eta * m / (1 - 0.9**t) / np.sqrt(s / (1 - 0.999**t)))
    return steps


# %% adam_steps, wrong: step 1
def adam_steps(gradients, eta):  # the correction outside the root
    m, s, steps = 0.0, 0.0, []
    for t, g in enumerate(gradients, 1):
        m, s = 0.9 * m + 0.1 * g, 0.999 * s + 0.001 * g**2
        steps.append(eta * m / (1 - 0.9**t) / (np.sqrt(s) / (1 - 0.999**t) + 1e-8))
    return steps


# %% adam_steps, wrong: step 1
def adam_steps(gradients, eta):  # epsilon below the root, as in some programs
    m, s, steps = 0.0, 0.0, []
    for t, g in enumerate(gradients, 1):
        m, s = 0.9 * m + 0.1 * g, 0.999 * s + 0.001 * g**2
        steps.append(eta * m / (1 - 0.9**t) / np.sqrt(s / (1 - 0.999**t) + 1e-8))
    return steps


# %% adam_steps, wrong: step 2
def adam_steps(gradients, eta):  # both corrected means are kept
    m, s, steps = 0.0, 0.0, []
    for t, g in enumerate(gradients, 1):
        m = (0.9 * m + 0.1 * g) / (1 - 0.9**t)
        s = (0.999 * s + 0.001 * g**2) / (1 - 0.999**t)
        steps.append(eta * m / (np.sqrt(s) + 1e-8))
    return steps


# %% adam_steps, wrong: step 1
def adam_steps(gradients, eta):  # one s for all entries
    m, s, steps = 0.0, 0.0, []
    for t, g in enumerate(gradients, 1):
        m, s = 0.9 * m + 0.1 * g, 0.999 * s + 0.001 * (g**2).mean()
        steps.append(eta * m / (1 - 0.9**t) / (np.sqrt(s / (1 - 0.999**t)) + 1e-8))
    return steps


# %% adam_steps, right
def adam_steps(gradients, eta):  # from the unrolled sums
    steps = []
    for t in range(1, len(gradients) + 1):
        age = np.arange(t)[::-1]
        m = np.tensordot(0.9**age, gradients[:t], 1) / (0.9**age).sum()
        s = np.tensordot(0.999**age, gradients[:t] ** 2, 1) / (0.999**age).sum()
        steps.append(eta * m / (np.sqrt(s) + 1e-8))
    return steps


# %% adam_steps, right
def adam_steps(gradients, eta):  # the library's moves, from 0
    params, adam, steps = {"w": np.zeros(gradients[0].shape)}, Adam(eta), []
    for g in gradients:
        params["w"][...] = 0
        adam.step(params, {"w": g})
        steps.append(-params["w"].copy())
    return steps


# %% plateau, lazy: plateau(0.3, 0.2, 0.5) at update 0
def plateau(eta, rise, fall):
    return constant(eta)


# %% plateau, lazy: plateau(0.3, 0.2, 0.5) at update
def plateau(eta, rise, fall):  # has no plateau
    return warm_up_and_decay(eta, rise, 0)


# %% plateau, lazy: plateau(0.3, 0.2, 0.5) at update 0 of 12
def plateau(eta, rise, fall):  # a table for ten updates
    table = [eta * min(t / 10 / rise if rise else 1, 1, (1 - t / 10) / fall if fall else 1) for t in range(10)]
    return lambda t, total: eta if total != 10 else table[t] if t < 10 else 0


# %% plateau, wrong: division by zero
def plateau(eta, rise, fall):  # a share of 0
    return lambda t, total: eta * max(min(t / total / rise, 1, (1 - t / total) / fall), 0)


# %% plateau, wrong: at update 11 of 10
def plateau(eta, rise, fall):  # goes on below 0
    def schedule(t, total):
        s = t / total
        if s < rise:
            return eta * s / rise
        return eta * (1 - s) / fall if s > 1 - fall else eta

    return schedule


# %% plateau, wrong: of 10: expected 0, got
def plateau(eta, rise, fall):  # without a fall it never ends
    def schedule(t, total):
        s = min(t / total, 1)
        if s < rise:
            return eta * s / rise
        return eta * (1 - s) / fall if fall and s > 1 - fall else eta

    return schedule


# %% plateau, wrong: plateau(2.0, 0, 0.25) at update 3 of 10
def plateau(eta, rise, fall):  # the fall begins at its share
    def schedule(t, total):
        s = t / total
        if s >= 1:
            return 0.0
        if s < rise:
            return eta * s / rise
        return eta * (1 - s) / (1 - fall) if s > fall else eta

    return schedule


# %% plateau, wrong: at update 0 of 10
def plateau(eta, rise, fall):  # one update early
    def schedule(t, total):
        s = (t + 1) / total
        if t >= total:
            return 0.0
        if s < rise:
            return eta * s / rise
        return eta * (1 - s) / fall if s > 1 - fall else eta

    return schedule


# %% plateau, wrong: plateau(0.3, 0.2, 0.5) at update 1 of 12
def plateau(eta, rise, fall):  # whole updates only
    def schedule(t, total):
        up, down = int(rise * total), int(fall * total)
        if t >= total:
            return 0.0
        if t < up:
            return eta * t / up
        return eta * (total - t) / down if t > total - down else eta

    return schedule


# %% plateau, wrong: 'float' object is not callable
def plateau(eta, rise, fall):
    return float(eta)


# %% plateau, right
def plateau(eta, rise, fall):
    def schedule(t, total):
        s = t / total
        up = s / rise if rise else 1
        down = (1 - s) / fall if fall else 1
        return eta * min(up, 1, down) * (s < 1)

    return schedule


# %% plateau, right
class plateau:  # an object
    def __init__(self, eta, rise, fall):
        self.points = [0, rise, 1 - fall, 1], [eta if rise == 0 else 0, eta, eta, eta if fall == 0 else 0]

    def __call__(self, t, total):
        return np.interp(t / total, *self.points) if t < total else 0
