"""Ranking figures, bootstrap intervals and logistic calibration. Ties: scores are ranked with a stable sort, equal scores share a step."""
import numpy as np


def curve(y, s):
    order = np.argsort(-np.asarray(s), kind="stable")
    y, s = np.asarray(y, bool)[order], np.asarray(s)[order]
    step = np.r_[np.flatnonzero(np.diff(s)), len(s) - 1]
    hits = np.cumsum(y)[step]
    return hits, step + 1 - hits, s[step]


def pr_auc(y, s):
    """Average precision."""
    if not np.any(y):
        return float("nan")
    hits, wrong, _ = curve(y, s)
    precision, recall = hits / (hits + wrong), hits / hits[-1]
    return float(np.sum(np.diff(np.r_[0, recall]) * precision))


def roc_auc(y, s):
    y = np.asarray(y, bool)
    if y.all() or not y.any():
        return float("nan")
    hits, wrong, _ = curve(y, s)
    return float(np.trapezoid(np.r_[0, hits] / hits[-1], np.r_[0, wrong] / wrong[-1]) if hasattr(np, "trapezoid")
                 else np.trapz(np.r_[0, hits] / hits[-1], np.r_[0, wrong] / wrong[-1]))


def false_at_recall(y, s, recall=0.8):
    y, s = np.asarray(y, bool), np.asarray(s)
    threshold = np.sort(s[y])[::-1][int(np.ceil(recall * y.sum())) - 1]
    return float((s[~y] >= threshold).mean())


def threshold_at_false(negatives, rate):
    """Smallest threshold that at most `rate` of the negatives reach."""
    s = np.sort(np.asarray(negatives))[::-1]
    allowed = int(np.floor(rate * len(s)))
    return float(s[allowed] + 1e-6) if allowed < len(s) else 0.0


def recall_at_false(y, s, rate=0.05):
    y, s = np.asarray(y, bool), np.asarray(s)
    return float((s[y] >= threshold_at_false(s[~y], rate)).mean())


def interval(function, *arrays, rounds=60, seed=5, groups=None):
    """(figure, 5%, 95%) by bootstrap over rows, or over groups."""
    rng = np.random.default_rng(seed)
    arrays = [np.asarray(a) for a in arrays]
    names = np.arange(len(arrays[0])) if groups is None else np.unique(np.asarray(groups), return_inverse=True)[1]
    members = [np.flatnonzero(names == k) for k in range(names.max() + 1)] if groups is not None else None
    found = []
    for _ in range(rounds):
        if members is None:
            index = rng.integers(0, len(names), len(names))
        else:
            index = np.concatenate([members[k] for k in rng.integers(0, len(members), len(members))])
        value = function(*[a[index] for a in arrays])
        if not np.isnan(value):
            found.append(value)
    low, high = np.percentile(found, [5, 95]) if found else (float("nan"), float("nan"))
    return [round(float(v), 4) for v in (function(*arrays), low, high)]


def sigmoid(x):
    return 1 / (1 + np.exp(-np.clip(x, -40, 40)))


def logit(p):
    p = np.clip(p, 1e-9, 1 - 1e-9)
    return np.log(p / (1 - p))


def logistic(x, y, weight=None, ridge=1e-2, offset=0.0):
    """Newton's method: weights and bias of a small logistic regression; y may be a probability."""
    x = np.asarray(x, np.float64).reshape(len(y), -1)
    x = np.c_[x, np.ones(len(x))]
    w, sample = np.zeros(x.shape[1]), np.ones(len(y)) if weight is None else np.asarray(weight)
    penalty = np.diag([ridge] * (x.shape[1] - 1) + [1e-6])
    for _ in range(40):
        p = sigmoid(x @ w + offset)
        step = np.linalg.solve((x * (sample * p * (1 - p))[:, None]).T @ x + penalty, x.T @ (sample * (p - y)) + penalty @ w)
        w -= np.clip(step, -3, 3)
        if np.abs(step).max() < 1e-8:
            break
    return w[:-1], float(w[-1])


def calibration_error(p, y, bins=10):
    p, y = np.asarray(p), np.asarray(y)
    parts = np.array_split(np.argsort(p), bins)
    return float(sum(len(k) / len(p) * abs(p[k].mean() - y[k].mean()) for k in parts if len(k)))
