"""Trains the pair scorer to convergence on the vectors of the finished, quantised student (minutes on a CPU).

The folds' answers tell how well that does on users whom the new head did not see. (The encoder below did: it was taught by models of which
each saw four fifths of the groups. The model card says so.)"""
import copy
import random

import numpy as np
import torch
import torch.nn.functional as F

import augment
from corpus import category_index, fold_of


def texts_of(corpus, seed=3, strangers=3000):
    """(queries, {fact: its voices}, preferences of other people, impersonal requests)"""
    rng = random.Random(seed)
    queries = list(dict.fromkeys(q for u in corpus.users for q, _, _ in u.queries))
    plain = [r for r in corpus.judged if r.shipped and not r.labels["profile1"] and len(r.text) < 300]
    plain = [r.text for r in rng.sample(plain, k=900)] + [r.text for r in rng.sample([r for r in corpus.other if r.source == "nq_open"], k=300)]
    voices = {}
    for user in corpus.users:
        for category, text in user.facts:
            english = user.language == "en"
            said = {text, augment.voiced(category, text, rng, english), augment.first_person(category, text) if english else text}
            voices[text] = sorted(said)
    lines = sorted({line for persona in corpus.personas for line in persona})
    rng.shuffle(lines)
    return queries, voices, lines[:strangers], plain


class PairHead(torch.nn.Module):
    """Full's pair layers by themselves."""

    def __init__(self, full):
        super().__init__()
        self.w1, self.w2 = copy.deepcopy(full.w1), copy.deepcopy(full.w2)
        self.category = torch.nn.Parameter(full.category.detach().clone())
        self.drop = torch.nn.Dropout(0.25)

    def forward(self, q, f, category):
        u = torch.cat([q * f, (q - f).abs(), q, f], -1)
        return self.w2(self.drop(torch.relu(self.w1(self.drop(u) if self.training else u) + self.category[category])))


def fit_pairs(full, users, at_query, at_fact, table, voices, strangers, plain, steps=1500, users_a_step=8, seed=0, log=print):
    """One head on the users given. table: (query vectors, fact vectors); strangers: rows of fact vectors; plain: rows of impersonal requests."""
    torch.manual_seed(seed)
    rng, head = random.Random(seed), PairHead(full).train()
    optimizer = torch.optim.AdamW(head.parameters(), lr=1.5e-3, weight_decay=0.05)
    plan = torch.optim.lr_scheduler.OneCycleLR(optimizer, 1.5e-3, total_steps=steps, pct_start=0.05)
    everyone = [(u.facts[i][0], t) for u in users if u.language == "en" for i, (_, t) in enumerate(u.facts) if u.facts[i][0] in ("preference", "project", "history", "belief", "schedule")]
    guarded = [(k, t) for u in users for k, t in u.facts if k in ("health", "diet", "constraint")]
    for step in range(steps):
        q, f, c, y, w = [], [], [], [], []
        for row in rng.sample(plain, 12):  # nobody's allergy belongs to the Berlin Wall
            for category, text in rng.sample(guarded, 8):
                q.append(row)
                f.append(at_fact[rng.choice(voices[text])])
                c.append(category_index(category) if rng.random() > 0.3 else 16)
                y.append((False, False))
                w.append(1.0)
        for user in rng.sample(users, users_a_step):
            facts = [(category_index(k) if rng.random() > 0.3 else 16, at_fact[rng.choice(voices[t])]) for k, t in user.facts]
            own = len(facts)
            facts += [(10 if rng.random() > 0.3 else 16, rng.choice(strangers)) for _ in range(3)]
            facts += [(category_index(k) if rng.random() > 0.3 else 16, at_fact[rng.choice(voices[t])]) for k, t in rng.sample(everyone, 3)]
            for text, use, traps in user.queries:
                for j, (category, row) in enumerate(facts):
                    q.append(at_query[text])
                    f.append(row)
                    c.append(category)
                    grade = use.get(j, 0) if j < own else 0
                    y.append((grade >= 1, grade == 2))
                    w.append(1.5 if j in traps or grade == 2 else 1.0 if j < own else 0.5)
        logits = head(table[0][q], table[1][f], torch.tensor(c))
        loss = F.binary_cross_entropy_with_logits(logits, torch.tensor(y, dtype=torch.float32), reduction="none")
        loss = (loss * torch.tensor(w)[:, None] * torch.tensor([[1.0, 0.6]])).mean()
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
        plan.step()
        if step % 100 == 0:
            log(f"pair head step {step}/{steps} loss {float(loss.detach()):.4f}")
    return head.eval()


def vectors(graph, rows, size=8):
    """`vector` of the shipped graph for many rows [(ids, None)], in batches of similar length."""
    order, out = sorted(range(len(rows)), key=lambda i: len(rows[i][0])), [None] * len(rows)
    for start in range(0, len(order), size):
        index = order[start:start + size]
        width = max(len(rows[i][0]) for i in index)
        ids, mask = np.zeros((len(index), width), np.int64), np.zeros((len(index), width), np.int64)
        for k, i in enumerate(index):
            ids[k, :len(rows[i][0])], mask[k, :len(rows[i][0])] = rows[i][0], 1
        found = graph.session.run(["vector"], {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)})[0]
        for k, i in enumerate(index):
            out[i] = found[k].astype(np.float16)
    return np.stack(out)


@torch.no_grad()
def judged(head, table, q, f, c):
    """Logits [len(q), len(f), 2] of query rows against fact rows with categories c."""
    n, m = len(q), len(f)
    qi, fi = torch.tensor(q).repeat_interleave(m), torch.tensor(f).repeat(n)
    return head(table[0][qi], table[1][fi], torch.tensor(c).repeat(n)).numpy().reshape(n, m, 2)


def everything(graph, student, words, corpus, questions, steps=1000, stored=None, examined=5, log=print):
    """(the head that ships, {fold: (pair logits of each user, of the strangers)}); `stored`: vectors computed before;
    `examined`: how many folds get a head of their own."""
    if stored is None:
        queries, voices, lines, plain = texts_of(corpus, strangers=1500)
        facts = sorted({text for row in voices.values() for text in row} | set(lines))
        asked = list(dict.fromkeys(queries + plain))
        stored = (asked, vectors(graph, [words.request(t) for t in asked]), facts, vectors(graph, [words.fact(t) for t in facts]), voices, lines, plain)
    queries, q, facts, f, voices, lines, plain = stored
    at_query, at_fact = {t: i for i, t in enumerate(queries)}, {t: i for i, t in enumerate(facts)}
    missing = sorted({t for e in questions for _, own, others in e.strangers for t in [own] + others} - set(at_fact))
    if missing:
        f = np.concatenate([f, vectors(graph, [words.fact(t) for t in missing])])
        at_fact.update({t: len(facts) + i for i, t in enumerate(missing)})
    plain, table, strangers = [at_query[t] for t in plain], (torch.from_numpy(q.astype(np.float32)), torch.from_numpy(f.astype(np.float32))), [at_fact[t] for t in lines]
    found = {}
    for k, exam in enumerate(questions[:examined]):
        head = fit_pairs(student, [u for u in corpus.users if fold_of(u.group) != k], at_query, at_fact, table, voices, strangers, plain, steps, log=log)
        pairs = [judged(head, table, [at_query[t] for t, _, _ in u.queries], [at_fact[t] for _, t in u.facts], [category_index(c) for c, _ in u.facts]) for u in exam.users]
        alone = [judged(head, table, [at_query[t]], [at_fact[x] for x in [own] + others], [10] * 12)[0] for t, own, others in exam.strangers]
        found[k] = (pairs, np.array(alone))
    return fit_pairs(student, corpus.users, at_query, at_fact, table, voices, strangers, plain, steps, log=log), found


def give(full, head):
    full.w1, full.w2, full.category = head.w1, head.w2, head.category
    return full
