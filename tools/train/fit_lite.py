"""Trains the small tier and its disclosure tagger on a pool of examples. All examples lie in tensors, so that a step is arithmetic only."""
import time

import numpy as np
import torch
import torch.nn.functional as F

from constants import CLIP, REQUEST_COLUMNS
from corpus import category_index
from lite import Batch, Lite, LiteDisclosure, Prepared
from lite_file import ENDS, QUESTIONS, ids_of
from pool import carried, gold_tokens
from tokenizer import Encoded, clip, context_parts, small_tokenizer


class Pieces:
    """The small tier's tokens of requests, facts and conversations."""

    def __init__(self, pieces):
        self.pieces = pieces
        self.encoded = Encoded(small_tokenizer(pieces))
        self.prepared = Prepared(ids_of(pieces, ENDS), ids_of(pieces, QUESTIONS))

    def request(self, text):
        return clip(self.encoded.ids(text), CLIP["request"])

    def fact(self, text):
        return clip(self.encoded.ids(text), CLIP["fact"])

    def context(self, history, notes):
        return [x for part in context_parts(history, notes, self.encoded.ids) for x in part]

    def batch(self, lists, device):
        return Batch(lists, self.prepared, device)


def start_vectors(pieces, tokenizer, encoder_embedding, d, seed=0):
    """Each piece's row of the encoder's table, reduced by PCA."""
    vocab = tokenizer.get_vocab()
    rows = np.stack([encoder_embedding[vocab.get(piece, 100)] for piece in pieces]).astype(np.float32)
    rows = rows - rows.mean(0)
    _, _, vt = np.linalg.svd(rows[np.random.default_rng(seed).permutation(len(rows))[:6000]], full_matrices=False)
    reduced = rows @ vt[:d].T
    return torch.from_numpy(reduced / reduced.std() * 0.5)


def bce(logits, target, weight):
    loss = F.binary_cross_entropy_with_logits(logits, target, reduction="none")
    return (loss * weight).sum() / weight.sum().clamp_min(1)


class Pace:
    """A number of steps that is cut down, after the first 60, to what fits into `seconds` since `began`."""

    def __init__(self, steps, seconds=None, began=0.0):
        self.steps, self.seconds, self.began, self.mark = steps, seconds, began, 0.0

    def at(self, step):
        if self.seconds and step == 10:
            self.mark = time.time()
        if self.seconds and step == 60:
            rest = self.seconds - (time.time() - self.began)
            self.steps = max(120, min(self.steps, 60 + int(rest / ((time.time() - self.mark) / 50))))


def schedule(optimizer, pace, warm=0.05, low=0.02):
    return torch.optim.lr_scheduler.LambdaLR(optimizer, lambda s: min(1, (s + 1) / (warm * pace.steps)) * max(low, 1 - s / pace.steps))


class Table:
    """Distinct token lists in one Batch; `add` answers a row number, `take` a smaller batch cut to its longest row."""

    def __init__(self):
        self.rows, self.index = [], {}

    def add(self, ids):
        key = tuple(ids) or (0,)
        if key not in self.index:
            self.index[key] = len(self.rows)
            self.rows.append(key)
        return self.index[key]

    def close(self, prepared, device):
        self.batch, self.lengths = Batch(self.rows, prepared, device), np.array([len(row) for row in self.rows])
        return self

    def take(self, index):
        width = int(self.lengths[index].max())
        return self.batch.take(torch.as_tensor(index, device=self.batch.ids.device)).narrow(width)


class Tensors:
    """A pool as tensors on the device."""

    def __init__(self, pool, pieces, device):
        self.table, self.contexts, self.device = Table(), Table(), device
        tensor = lambda x: torch.as_tensor(np.asarray(x, np.float32), device=device)
        self.requests = np.array([self.table.add(pieces.request(r[0])) for r in pool.requests])
        self.goal, self.known = tensor([r[1] for r in pool.requests]), tensor([r[2] for r in pool.requests])
        q, f = max(len(c[0]) for c in pool.cases), max(len(c[1]) for c in pool.cases)
        n = len(pool.cases)
        self.asked, self.facts, self.category = np.zeros((n, q), np.int64), np.zeros((n, f), np.int64), np.zeros((n, f), np.int64)
        target, weight = np.zeros((n, q, f, 2), np.float32), np.zeros((n, q, f), np.float32)
        for k, (asked, facts, grades, weights) in enumerate(pool.cases):
            self.asked[k, :len(asked)] = [self.table.add(pieces.request(t)) for t in asked]
            self.facts[k, :len(facts)] = [self.table.add(pieces.fact(t)) for _, t in facts]
            self.category[k, :len(facts)] = [category_index(c) for c, _ in facts]
            target[k, :len(asked), :len(facts)], weight[k, :len(asked), :len(facts)] = grades, weights
        self.target, self.weight = tensor(target), tensor(weight)
        self.query = np.array([self.table.add(pieces.request(s[0])) for s in pool.sessions])
        self.context = np.array([self.contexts.add(pieces.context(s[1], s[2])) for s in pool.sessions])
        self.need, self.sure = tensor([s[3] for s in pool.sessions]), tensor([s[4] for s in pool.sessions])
        self.table.close(pieces.prepared, device)
        self.contexts.close(pieces.prepared, device)

    def case_loss(self, model, k):
        n, q, f = len(k), self.asked.shape[1], self.facts.shape[1]
        asked, facts = self.table.take(self.asked[k].reshape(-1)), self.table.take(self.facts[k].reshape(-1))
        zq, zf = model.vectors(asked), model.vectors(facts)
        base = torch.arange(n, device=self.device)[:, None, None]
        qi = (base * q + torch.arange(q, device=self.device)[None, :, None]).expand(n, q, f).reshape(-1)
        fi = (base * f + torch.arange(f, device=self.device)[None, None, :]).expand(n, q, f).reshape(-1)
        category = torch.as_tensor(self.category[k].reshape(-1), device=self.device)[fi]
        logits = model.pairs(zq[qi], zf[fi], model.overlap(asked.take(qi), facts.take(fi)), category)
        where = torch.as_tensor(k, device=self.device)
        weight = self.weight[where].reshape(-1, 1) * torch.tensor([[1.0, 0.5]], device=self.device)
        return bce(logits, self.target[where].reshape(-1, 2), weight)

    def request_loss(self, model, k):
        where = torch.as_tensor(k, device=self.device)
        heads = model.heads(model.vectors(self.table.take(self.requests[k])))
        return bce(heads[:, REQUEST_COLUMNS], self.goal[where][:, REQUEST_COLUMNS], self.known[where][:, REQUEST_COLUMNS])

    def session_loss(self, model, k):
        where = torch.as_tensor(k, device=self.device)
        q, c = self.table.take(self.query[k]), self.contexts.take(self.context[k])
        return bce(model.session(model.vectors(q), model.vectors(c), model.overlap(q, c)), self.need[where], self.sure[where])


def fit_lite(pool, pieces, vectors, steps, device="cpu", seed=0, batch=256, sizes=None, seconds=None, start=None, log=print):
    """`start`: a model to go on with, instead of a new one over `vectors`."""
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    model = start or Lite(len(pieces.pieces), **(sizes or {})).to(device)
    if not start:
        with torch.no_grad():
            model.embed.copy_(vectors[:, :model.sizes["d"]])
    tables = [model.embed, model.bigram]
    optimizer = torch.optim.AdamW([{"params": tables, "weight_decay": 0.0, "lr": 3e-3},
                                   {"params": [p for n, p in model.named_parameters() if n not in ("embed", "bigram")], "lr": 2e-3, "weight_decay": 0.01}], fused=device == "cuda")
    began = time.time()
    data = Tensors(pool, pieces, device)
    log(f"lite: {len(data.table.rows)} texts in {time.time() - began:.0f}s")
    pick = lambda rows, n: rng.integers(0, len(rows), n)
    pace, step = Pace(steps, seconds, began), 0
    plan = schedule(optimizer, pace)
    while step < pace.steps:
        pace.at(step)
        model.train()
        model.quantised = step >= pace.steps * 0.6
        loss = 1.5 * data.request_loss(model, pick(data.requests, batch)) + data.case_loss(model, pick(data.asked, max(4, batch // 16)))
        loss = loss + data.session_loss(model, pick(data.query, batch // 4))
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 2.0)
        optimizer.step()
        plan.step()
        step += 1
        if step % 500 == 1:
            log(f"lite step {step}/{pace.steps} loss {float(loss.detach()):.3f} {time.time() - began:.0f}s")
    model.eval()
    model.quantised = True
    return model


def message_tensors(pool, pieces, device):
    width, n = CLIP["disclosure"], len(pool.disclosures)
    ids, mask, target = np.zeros((n, width), np.int32), np.zeros((n, width), bool), np.zeros((n, width, 20), np.float16)
    for i, (text, facts, _, _) in enumerate(pool.disclosures):
        row, offsets = pieces.encoded.ids(text)[:width] or [0], pieces.encoded.offsets(text)[:width]
        goal = carried(offsets, *facts) if isinstance(facts, tuple) else gold_tokens(offsets, facts or [])
        ids[i, :len(row)], mask[i, :len(row)] = row, True
        target[i, :len(goal)] = goal
    send = lambda x: torch.as_tensor(x, device=device)
    return send(ids), send(mask), send(target), send(np.array([r[2] for r in pool.disclosures], np.float32)), send(np.array([r[3] for r in pool.disclosures], np.float32))


def fit_disclosure(pool, pieces, vectors, steps, device="cpu", seed=0, batch=96, sizes=None, seconds=None, log=print):
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    model = LiteDisclosure(len(pieces.pieces), **(sizes or {})).to(device)
    with torch.no_grad():
        model.embed.copy_(vectors[:, :model.sizes["d"]])
    optimizer = torch.optim.AdamW(model.parameters(), lr=2e-3, weight_decay=0.01, fused=device == "cuda")
    began = time.time()
    ids, mask, target, message, weight = message_tensors(pool, pieces, device)
    lengths = mask.sum(1).cpu().numpy()
    pace, step = Pace(steps, seconds, began), 0
    plan = schedule(optimizer, pace)
    while step < pace.steps:
        pace.at(step)
        model.train()
        model.quantised = step >= pace.steps * 0.6
        k = rng.integers(0, len(lengths), batch)
        width, where = int(lengths[k].max()), torch.as_tensor(k, device=device)
        m, goal, w = mask[where, :width].float(), target[where, :width].float(), weight[where]
        tokens, says = model(ids[where, :width].long(), m)
        each = m * w[:, None]
        bio = -(F.log_softmax(tokens[..., :3], -1) * goal[..., :3]).sum(-1)
        kind = -(F.log_softmax(tokens[..., 3:], -1) * goal[..., 3:]).sum(-1)
        loss = ((bio + 0.3 * kind) * each).sum() / each.sum().clamp_min(1) + 0.3 * bce(says, message[where], w)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 2.0)
        optimizer.step()
        plan.step()
        step += 1
        if step % 500 == 1:
            log(f"disclosure step {step}/{pace.steps} loss {float(loss.detach()):.3f} {time.time() - began:.0f}s")
    model.eval()
    model.quantised = True
    return model
