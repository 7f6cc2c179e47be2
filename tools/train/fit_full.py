"""Fine-tunes the full tier on a pool of examples, and lets trained models judge a pool (the teacher)."""
import time

import numpy as np
import torch
import torch.nn.functional as F

from constants import CLIP, COLUMN, REQUEST_COLUMNS
from corpus import category_index
from fit_lite import Pace, bce, schedule
from full import Full, padded, run
from pool import gold_tokens


def softened(row, words, memory, key):
    """(token row, [t,20] target) of a disclosure example, kept."""
    if key not in memory:
        text, facts = row[0], row[1]
        offsets = words.encoded.offsets(text)[:CLIP["disclosure"]]
        target = facts[1] if isinstance(facts, tuple) else gold_tokens(offsets, facts or [])
        memory[key] = (words.message(text), np.asarray(target, np.float32))
    return memory[key]


def token_loss(tokens, target, weight):
    """weight: [n, t], 0 on padding. O/B/I everywhere, category where a fact is."""
    bio = -(F.log_softmax(tokens[..., :3].float(), -1) * target[..., :3]).sum(-1)
    kind = -(F.log_softmax(tokens[..., 3:].float(), -1) * target[..., 3:]).sum(-1)
    return ((bio + 0.3 * kind) * weight).sum() / weight.sum().clamp_min(1)


class Step:
    """One mixed batch: rows of all four passes in two forwards of similar length."""

    def __init__(self, pool, words, rng, sizes, memory):
        pick = lambda rows, n: [(int(i), rows[i]) for i in rng.integers(0, len(rows), n)] if rows else []
        self.rows, self.tags = [], {}
        self.requests = [r for _, r in pick(pool.requests, sizes["requests"])]
        self.rows += [words.request(r[0]) for r in self.requests]
        self.pairs, self.goals, self.weights = ([], [], []), [], []
        for _, (asked, facts, grades, weights) in pick(pool.cases, sizes["cases"]):
            base = len(self.rows)
            self.rows += [words.request(q) for q in asked] + [words.fact(t) for _, t in facts]
            for i in range(len(asked)):
                for j, (c, _) in enumerate(facts):
                    for column, value in zip(self.pairs, (base + i, base + len(asked) + j, category_index(c))):
                        column.append(value)
            self.goals.append(grades.reshape(-1, 2))
            self.weights.append(weights.reshape(-1))
        self.first_session = len(self.rows)
        self.sessions = [r for _, r in pick(pool.sessions, sizes["sessions"])]
        self.rows += [words.session(r[0], r[1], r[2]) for r in self.sessions]
        self.first_message = len(self.rows)
        self.messages = []
        for key, row in pick(pool.disclosures, sizes["disclosures"]):
            ids, target = softened(row, words, memory, key)
            self.tags[len(self.rows)] = (target, row[3])
            self.messages.append(row)
            self.rows.append(ids)

    # Rows of similar length run together. On a CPU, where padding costs most, more groups pay.
    widths = (40,)

    def loss(self, model, device):
        lengths = np.array([len(ids) for ids, _ in self.rows])
        order = np.argsort(lengths, kind="stable")
        cuts = np.searchsorted(lengths[order], self.widths)
        heads, vectors, places, tagging = [], [], [], 0.0
        for index in np.split(order, cuts):
            if not len(index):
                continue
            h, v, tokens = model(*padded([self.rows[i] for i in index], device))
            heads.append(h)
            vectors.append(v)
            places.append(index)
            tagged = [(k, i) for k, i in enumerate(index) if int(i) in self.tags]
            if tagged:
                tagging = tagging + self.tag_loss(tokens[[k for k, _ in tagged]], [self.tags[int(i)] for _, i in tagged], device) * len(tagged)
        back = torch.as_tensor(np.argsort(np.concatenate(places)), device=device)
        heads, vectors = torch.cat(heads)[back].float(), torch.cat(vectors)[back].float()
        tensor = lambda x: torch.as_tensor(np.asarray(x, np.float32), device=device)
        known = tensor([r[2] for r in self.requests])[:, REQUEST_COLUMNS]
        loss = 2.0 * bce(heads[:len(self.requests), REQUEST_COLUMNS], tensor([r[1] for r in self.requests])[:, REQUEST_COLUMNS], known)
        if self.goals:
            q, f, c = (torch.tensor(x, device=device) for x in self.pairs)
            weight = tensor(np.concatenate(self.weights))[:, None] * tensor([[1.0, 0.5]])
            loss = loss + 1.5 * bce(model.pairs(vectors[q], vectors[f], c), tensor(np.concatenate(self.goals)), weight)
        if self.sessions:
            logit = heads[self.first_session:self.first_message, COLUMN["sessionHistory"]]
            loss = loss + 0.7 * bce(logit, tensor([r[3] for r in self.sessions]), tensor([r[4] for r in self.sessions]))
        if self.messages:
            logit = heads[self.first_message:, COLUMN["discloses"]]
            loss = loss + 0.4 * bce(logit, tensor([r[2] for r in self.messages]), tensor([r[3] for r in self.messages]))
            loss = loss + 1.5 * tagging / len(self.messages)
        return loss

    def tag_loss(self, tokens, tags, device):
        target = np.zeros((len(tags), tokens.shape[1], tokens.shape[2]), np.float32)
        weight = np.zeros((len(tags), tokens.shape[1]), np.float32)
        for k, (goal, w) in enumerate(tags):
            target[k, 1:1 + len(goal)], weight[k, 1:1 + len(goal)] = goal, w
        return token_loss(tokens, torch.from_numpy(target).to(device), torch.from_numpy(weight).to(device))


SIZES = {"requests": 88, "cases": 6, "sessions": 28, "disclosures": 40}


def fit_full(pool, words, weights, steps, device="cpu", seed=0, sizes=None, rate=6e-5, seconds=None, log=print):
    """`seconds` shortens the schedule, once the first steps have shown how fast this machine is."""
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    model = Full(weights).to(device)
    half = device == "cuda"  # there the passes run in bfloat16, and the optimizer keeps float32 copies
    names = dict(model.named_parameters())
    copies = {name: p.detach().clone().float() for name, p in names.items()} if half else names
    if half:
        model.encoder.bfloat16()
    split = lambda body: [copies[name] for name in names if name.startswith("encoder.") == body]
    optimizer = torch.optim.AdamW([{"params": split(True), "lr": rate, "weight_decay": 0.01}, {"params": split(False), "lr": 1e-3, "weight_decay": 0.01}], fused=half)
    memory, began, step = {}, time.time(), 0
    pace = Pace(steps, seconds, began)
    plan = schedule(optimizer, pace, 0.08, 0.0)
    while step < pace.steps:
        pace.at(step)
        model.train()
        batch = Step(pool, words, rng, sizes or SIZES, memory)
        loss = batch.loss(model, device)
        model.zero_grad(set_to_none=True)
        loss.backward()
        if half:
            for name, p in names.items():
                copies[name].grad = p.grad.float() if p.grad is not None else None
        torch.nn.utils.clip_grad_norm_(copies.values(), 1.0, foreach=half or None)
        optimizer.step()
        if half:
            with torch.no_grad():
                torch._foreach_copy_(list(names.values()), list(copies.values()))
        plan.step()
        step += 1
        if step % 250 == 1 or step == pace.steps:
            log(f"full seed {seed} step {step}/{pace.steps} loss {float(loss.detach()):.3f} {time.time() - began:.0f}s")
    if half:
        model.float()
        with torch.no_grad():
            torch._foreach_copy_(list(names.values()), list(copies.values()))
    return model.eval()


sigmoid = lambda x: 1 / (1 + np.exp(-np.asarray(x, np.float32)))


def softmaxed(tokens):
    def soft(x):
        e = np.exp(x - x.max(-1, keepdims=True))
        return e / e.sum(-1, keepdims=True)
    return np.concatenate([soft(tokens[:, :3]), soft(tokens[:, 3:])], 1)


@torch.no_grad()
def pair_logits(model, q, f, pairs, device, size=32768):
    """q: [n, 384], f: [m, 384]; pairs: (rows of q, rows of f, category indexes) -> [len, 2]"""
    q, f = torch.as_tensor(q, device=device), torch.as_tensor(f, device=device)
    qi, fi, c = (torch.as_tensor(np.asarray(x, np.int64), device=device) for x in pairs)
    parts = [model.pairs(q[qi[i:i + size]], f[fi[i:i + size]], c[i:i + size]).float() for i in range(0, len(qi), size)]
    return torch.cat(parts).cpu().numpy() if parts else np.zeros((0, 2), np.float32)


class Cases:
    """All pairs of many cases [(queries, [(category, fact)], ...)], so that they can be scored at once."""

    def __init__(self, cases):
        self.cases = cases
        self.texts = list(dict.fromkeys(t for case in cases for t in case[0]))
        self.facts = list(dict.fromkeys(t for case in cases for _, t in case[1]))
        at_text, at_fact = ({t: i for i, t in enumerate(x)} for x in (self.texts, self.facts))
        self.pairs = ([], [], [])
        for asked, known, *_ in cases:
            for text in asked:
                for category, fact in known:
                    self.pairs[0].append(at_text[text])
                    self.pairs[1].append(at_fact[fact])
                    self.pairs[2].append(category_index(category))

    def logits(self, model, words, device):
        q = run(model, [words.request(t) for t in self.texts], device, "vector", 1024)
        f = run(model, [words.fact(t) for t in self.facts], device, "vector", 1024)
        return pair_logits(model, q, f, self.pairs, device)

    def split(self, flat):
        """[pairs, 2] -> [[q, f, 2]] of each case"""
        out, at = [], 0
        for asked, known, *_ in self.cases:
            n = len(asked) * len(known)
            out.append(flat[at:at + n].reshape(len(asked), len(known), 2))
            at += n
        return out


def teach(pool, models, words, device, gold=0.5, log=print):
    """Replaces the pool's targets by the models' mean probabilities, mixed with gold labels where there are any."""
    share, cases = 1.0 / len(models), Cases(pool.cases)
    sums = {"requests": 0, "sessions": 0, "messages": 0, "tokens": None, "cases": 0}
    for model in models:
        model.to(device)
        sums["requests"] += share * sigmoid(run(model, [words.request(r[0]) for r in pool.requests], device, "heads", 1024))
        if pool.sessions:
            sums["sessions"] += share * sigmoid(run(model, [words.session(*r[:3]) for r in pool.sessions], device, "heads", 512)[:, COLUMN["sessionHistory"]])
        if pool.disclosures:
            tokens, heads = run(model, [words.message(r[0]) for r in pool.disclosures], device, "tokens", 512)
            sums["messages"] += share * sigmoid(heads[:, COLUMN["discloses"]])
            soft = [share * softmaxed(x) for x in tokens]
            sums["tokens"] = soft if sums["tokens"] is None else [a + b for a, b in zip(sums["tokens"], soft)]
        sums["cases"] = sums["cases"] + share * sigmoid(cases.logits(model, words, device))
        log("  a teacher has judged the pool")
    for row, soft in zip(pool.requests, sums["requests"]):
        known = row[2] > 0
        row[1] = np.where(known, gold * row[1] + (1 - gold) * soft, soft).astype(np.float32)
        row[2] = np.maximum(row[2], 0.5).astype(np.float32)
    for row, soft in zip(pool.cases, cases.split(sums["cases"])):
        known = row[3][..., None] > 0
        row[2] = np.where(known, gold * row[2] + (1 - gold) * soft, soft).astype(np.float32)
        row[3] = np.where(row[3] > 0, row[3], 0.5).astype(np.float32)
    for i, row in enumerate(pool.sessions):
        row[3] = float(gold * row[3] + (1 - gold) * sums["sessions"][i])
    for i, row in enumerate(pool.disclosures):
        offsets = words.encoded.offsets(row[0])[:CLIP["disclosure"]]
        soft = sums["tokens"][i]
        if row[1] is not None:
            hard = gold_tokens(offsets, row[1])
            kinds = np.where(hard[:, 3:].sum(1, keepdims=True) > 0, gold * hard[:, 3:] + (1 - gold) * soft[:, 3:], soft[:, 3:] * (1 - soft[:, :1]))
            soft = np.concatenate([gold * hard[:, :3] + (1 - gold) * soft[:, :3], kinds], 1)
            row[2] = gold * row[2] + (1 - gold) * float(sums["messages"][i])
        else:
            soft = np.concatenate([soft[:, :3], soft[:, 3:] * (1 - soft[:, :1])], 1)
            row[2], row[3] = float(sums["messages"][i]), 0.7
        row[1] = (offsets, soft.astype(np.float32))
    return pool
