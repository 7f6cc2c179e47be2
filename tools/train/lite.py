"""The small tier as a torch module. The arithmetic is that of models/FORMAT.md, sections 5 and 6."""
import numpy as np
import torch
from torch import nn

from constants import HEADS, NO_CATEGORY, TOKEN_COLUMNS


def last_sentence(is_end):
    """Where the last sentence begins; is_end: one bool a token."""
    e = len(is_end)
    while e > 0 and is_end[e - 1]:
        e -= 1
    if e == 0:
        return 0
    p = e
    while True:
        p -= 1
        while p > 0 and not is_end[p - 1]:
            p -= 1
        if p <= 0 or e - p >= 4:
            return max(p, 0)


def fake_four_bits(w, on):
    """Values that survive 4-bit storage, with the gradient passed straight through."""
    if not on:
        return w
    with torch.no_grad():
        exponent = torch.ceil(8 * torch.log2(w.abs().amax(1, keepdim=True).clamp_min(1e-6) / 7.5)).clamp(-160, 95)
        scale = torch.exp2(exponent / 8)
        stored = (w / scale).round().clamp(-8, 7) * scale
    return w + (stored - w).detach()


def bucket(a, b, buckets):
    """Unsigned 32-bit hash of two neighbouring pieces."""
    h = (a * 0x9E3779B1 + b * 0x85EBCA77) & 0xFFFFFFFF
    return (h ^ (h >> 15)) % buckets


class Prepared:
    """What the arithmetic needs of a token list, kept by its key."""

    def __init__(self, ends, questions):
        self.ends, self.questions, self.memory = set(ends), set(questions), {}

    def __call__(self, ids):
        key = tuple(ids) or (0,)
        if key not in self.memory:
            last = last_sentence([x in self.ends for x in key])
            seen = set([0])
            distinct = [not (x in seen or seen.add(x)) for x in key]
            self.memory[key] = (np.array(key, np.int64), last, any(x in self.questions for x in key[last:]), np.array(distinct))
        return self.memory[key]


class Batch:
    """Padded token lists; `distinct` marks the first occurrence of each id (0 left out)."""

    def __init__(self, lists, prepared, device="cpu"):
        rows = [prepared(ids) for ids in lists]
        n, t = len(rows), max(len(row[0]) for row in rows)
        ids, mask, distinct = np.zeros((n, t), np.int64), np.zeros((n, t), bool), np.zeros((n, t), bool)
        for i, (row, _, _, first) in enumerate(rows):
            ids[i, :len(row)], mask[i, :len(row)], distinct[i, :len(row)] = row, True, first
        last, asks = np.array([row[1] for row in rows]), np.array([row[2] for row in rows], np.float32)
        send = lambda array: torch.from_numpy(array).to(device, non_blocking=True)
        self.ids, self.mask, self.last, self.asks, self.distinct = map(send, (ids, mask, last, asks, distinct))

    def take(self, index):
        part = object.__new__(Batch)
        for name, value in self.__dict__.items():
            setattr(part, name, value[index])
        return part

    def narrow(self, width):
        for name in ("ids", "mask", "distinct"):
            setattr(self, name, getattr(self, name)[:, :width])
        return self


def mlp(n_in, n_hidden, n_out):
    return nn.Linear(n_in, n_hidden), nn.Linear(n_hidden, n_out)


class Lite(nn.Module):
    def __init__(self, pieces, d=48, f=48, bigrams=4096, pair=48, session=32, hidden=96):
        super().__init__()
        self.sizes = dict(d=d, f=f, bigrams=bigrams, pair=pair, session=session, hidden=hidden)
        self.embed = nn.Parameter(torch.randn(pieces, d) * 0.1)
        self.bigram = nn.Parameter(torch.zeros(max(bigrams, 1), d))
        self.weight = nn.Parameter(torch.zeros(1, pieces))
        self.conv = nn.Conv1d(d, f, 3, padding=1)
        z = d + 4 * f + 4
        self.hidden, self.out = mlp(z, hidden, len(HEADS))
        self.query, self.fact = nn.Linear(z, pair), nn.Linear(z, pair)
        self.pair_hidden, self.pair_out = mlp(4 * pair + 2, 64, 2)
        self.category = nn.Parameter(torch.zeros(NO_CATEGORY + 1, 64))
        self.session_query, self.session_context = nn.Linear(z, session), nn.Linear(z, session)
        self.session_hidden, self.session_out = mlp(4 * session + 2, 48, 1)
        self.drop = nn.Dropout(0.1)
        self.quantised = False

    def encode(self, batch):
        embed = fake_four_bits(self.embed, self.quantised)
        x = embed[batch.ids]
        if self.sizes["bigrams"]:
            pairs = bucket(batch.ids[:, :-1], batch.ids[:, 1:], self.sizes["bigrams"])
            extra = fake_four_bits(self.bigram, self.quantised)[pairs]
            x = x + torch.cat([torch.zeros_like(x[:, :1]), extra], 1)
        m = batch.mask[..., None]
        x = x * m
        g = torch.exp(self.weight[0][batch.ids]) * batch.mask
        c = torch.tanh(self.conv(x.transpose(1, 2)).transpose(1, 2))
        n = batch.mask.sum(1)
        places = torch.arange(x.shape[1], device=x.device)[None]
        tail = (batch.mask & (places >= batch.last[:, None]))[..., None]

        def mean(keep):
            return (c * keep).sum(1) / keep.sum(1).clamp_min(1)

        def peak(keep):
            return c.masked_fill(~keep, -2).amax(1)

        extra = torch.stack([torch.log1p(n.float()) / 5, torch.log1p((n - batch.last).float()) / 5, batch.asks, (batch.last > 0).float()], 1)
        first = (g[..., None] * x).sum(1) / g.sum(1, keepdim=True).clamp_min(1e-6)
        return self.drop(torch.cat([first, mean(m), peak(m), mean(tail), peak(tail)], 1)), extra

    def vectors(self, batch):
        parts, extra = self.encode(batch)
        return torch.cat([parts, extra], 1)

    def heads(self, z):
        return self.out(torch.tanh(self.hidden(z)))

    def overlap(self, a, b):
        """Rows of a against rows of b (same count): share of b's weight that a holds as well, and the reverse."""
        same = (a.ids[:, :, None] == b.ids[:, None, :]) & a.distinct[:, :, None] & b.distinct[:, None, :]
        wa, wb = torch.exp(self.weight[0][a.ids]) * a.distinct, torch.exp(self.weight[0][b.ids]) * b.distinct
        both = (same.any(1) * wb).sum(1)
        return torch.stack([both / wb.sum(1).clamp_min(1e-6), both / wa.sum(1).clamp_min(1e-6)], 1)

    def pairs(self, q, f, overlap, category):
        q, f = torch.tanh(self.query(q)), torch.tanh(self.fact(f))
        u = torch.cat([q * f, (q - f).abs(), q, f, overlap], 1)
        return self.pair_out(self.drop(torch.relu(self.pair_hidden(u) + self.category[category])))

    def session(self, q, c, overlap):
        a, b = torch.tanh(self.session_query(q)), torch.tanh(self.session_context(c))
        u = torch.cat([a * b, (a - b).abs(), a, b, overlap], 1)
        return self.session_out(self.drop(torch.relu(self.session_hidden(u))))[:, 0]


class LiteDisclosure(nn.Module):
    def __init__(self, pieces, d=32, f=64):
        super().__init__()
        self.sizes = dict(d=d, f=f)
        self.embed = nn.Parameter(torch.randn(pieces, d) * 0.1)
        self.first, self.second = nn.Conv1d(d, f, 5, padding=2), nn.Conv1d(f, f, 5, padding=2)
        self.out, self.out_message = nn.Linear(f, TOKEN_COLUMNS), nn.Linear(f, TOKEN_COLUMNS, bias=False)
        self.discloses = nn.Linear(f, 1)
        self.drop = nn.Dropout(0.15)
        self.quantised = False

    def forward(self, ids, mask):
        m = mask[:, None]
        x = self.drop(fake_four_bits(self.embed, self.quantised)[ids].transpose(1, 2)) * m
        a = torch.relu(self.first(x)) * m
        b = torch.relu(self.second(a)) * m
        top = b.amax(2)
        tokens = self.out(self.drop(b.transpose(1, 2))) + self.out_message(top)[:, None]
        return tokens, self.discloses(top)[:, 0]
