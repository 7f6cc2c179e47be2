"""A fixed set of examples with targets; gold first, and a teacher's opinion mixed in afterwards."""
from dataclasses import dataclass, field

import numpy as np

import augment
from constants import CLIP, HEADS, LABELS, REQUEST_COLUMNS, TOKEN_COLUMNS
from corpus import category_index, label_row


@dataclass
class Pool:
    requests: list = field(default_factory=list)  # [text, target[11], known[11]]
    cases: list = field(default_factory=list)  # [queries, facts, target[q,f,2], weight[q,f]]
    sessions: list = field(default_factory=list)  # [query, history, notes, target, weight]
    disclosures: list = field(default_factory=list)  # [text, target or None, message, weight]; target: (offsets, [t,20])


def build(draw, requests, cases, sessions, disclosures, free=0, spoken=0, loose_cases=0, queries=4):
    """`free`, `spoken`, `loose_cases`: examples without labels, which only a teacher can judge."""
    pool, rng = Pool(), draw.rng
    for text, labels, weight in draw.requests(requests):
        values, known = label_row(labels)
        pool.requests.append([text, np.array(values, np.float32), np.array(known, np.float32) * weight])
    nothing = np.zeros(len(HEADS), np.float32)
    texts = [text for text, _ in draw.corpus.free]
    for text in rng.sample(texts, k=min(free, len(texts))):
        if rng.random() < 0.2:
            text = augment.joined(draw.preamble(), text, rng)
        pool.requests.append([text, nothing, nothing])
    while len(pool.cases) < cases:
        for asked, facts, grades, weights in draw.cases(64, queries):
            grades = np.array(grades, np.float32)
            pool.cases.append([asked, facts, np.stack([grades >= 1, grades == 2], 2).astype(np.float32), np.array(weights, np.float32)])
    questions = [r.text for r in draw.main] + rng.sample(texts, k=min(8000, len(texts)))
    for _ in range(loose_cases):
        asked = rng.sample(questions, k=4)
        facts = [(c if rng.random() > 0.35 else None, augment.voiced(c, t, rng)) for c, t in rng.sample(draw.facts, k=10)]
        facts += [("preference" if rng.random() > 0.35 else None, line) for line in rng.sample(draw.preferences, k=6)]
        pool.cases.append([asked, facts, np.zeros((4, 16, 2), np.float32), np.zeros((4, 16), np.float32)])
    pool.sessions = [list(s) for s in draw.sessions(sessions)]
    for text, facts, weight in draw.disclosures(disclosures):
        pool.disclosures.append([text, facts, float(bool(facts)), weight])
    for _ in range(spoken):
        lines = rng.choice(draw.corpus.talk)
        if rng.random() < 0.6 and lines:
            at = rng.randrange(len(lines))
            text = " ".join(lines[at:at + rng.choice([1, 1, 1, 2])])[:500]
            if rng.random() < 0.3:
                text = augment.joined(text, rng.choice(draw.plain).text, rng)
        else:
            text = rng.choice(questions)[:600]
        if text:
            pool.disclosures.append([text, None, 0.0, 0.0])
    return pool


def gold_tokens(offsets, facts):
    """[t, 20]: O/B/I one-hot, then the category of the fact that a token belongs to."""
    target = np.zeros((len(offsets), TOKEN_COLUMNS), np.float32)
    target[:, 0] = 1
    taken = []
    for category, start, end in sorted(facts, key=lambda f: f[1] - f[2]):
        if any(start < e and s < end for s, e in taken):
            continue
        taken.append((start, end))
        inside = [i for i, (a, b) in enumerate(offsets) if a >= start and b <= end and b > a]
        for n, i in enumerate(inside):
            target[i] = 0
            target[i, 1 if n == 0 else 2] = 1
            target[i, 3 + category] = 1
    return target


def carried(offsets, known_offsets, known):
    """Targets of another tokenizer's tokens, for ours."""
    if not len(known_offsets):
        return np.zeros((len(offsets), TOKEN_COLUMNS), np.float32)
    starts = np.array([a for a, _ in known_offsets])
    index = np.clip(np.searchsorted(starts, [a for a, _ in offsets], side="right") - 1, 0, len(known) - 1)
    target = np.array(known)[index].copy()
    repeated = np.array([i > 0 and index[i] == index[i - 1] for i in range(len(index))])
    if len(target):  # the second piece of a word that begins a fact is inside it
        target[repeated, 2] += target[repeated, 1]
        target[repeated, 1] = 0
    return target


def window(offsets):
    return offsets[:CLIP["disclosure"]]


__all__ = ["Pool", "build", "gold_tokens", "carried", "category_index", "REQUEST_COLUMNS", "LABELS"]
