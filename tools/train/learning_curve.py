"""How much more users would help: a pair scorer on the vectors of the untouched encoder, taught by ever more users and
asked about those of the held fold. python tools/train/learning_curve.py --data DIR/train --data data/train"""
import argparse
import os

import numpy as np
import torch
from tokenizers import Tokenizer

from corpus import Corpus, category_index, fold_of
from encoder import encoder_folder, load_weights
from full import Full, Words, run
from metrics import false_at_recall, pr_auc
from tokenizer import Encoded

HELD, SIZES, SEEDS, STEPS = 0, (80, 160, 320, 640, None), 3, 1500


def pairs_of(users, words, model):
    """(q, f, category, useful, trap) of every pair."""
    texts = [words.request(q) for u in users for q, _, _ in u.queries] + [words.fact(t) for u in users for _, t in u.facts]
    vectors = run(model, texts, "cpu", "vector")
    asked, found, at, known = sum(len(u.queries) for u in users), [], 0, 0
    for u in users:
        for i, (_, use, traps) in enumerate(u.queries):
            for j, (category, _) in enumerate(u.facts):
                found.append((at + i, asked + known + j, category_index(category), use.get(j, 0) >= 1, j in traps))
        at, known = at + len(u.queries), known + len(u.facts)
    return vectors, np.array(found)


def taught(vectors, rows, seed):
    torch.manual_seed(seed)
    rng, model = np.random.default_rng(seed), Full()
    layers = [*model.w1.parameters(), *model.w2.parameters(), model.category]
    optimizer = torch.optim.AdamW(layers, lr=1e-3, weight_decay=0.01)
    plan = torch.optim.lr_scheduler.OneCycleLR(optimizer, 2e-3, total_steps=STEPS)
    model.train()
    for _ in range(STEPS):
        q, f, c, useful, trap = (torch.as_tensor(x) for x in rows[rng.integers(0, len(rows), 512)].T)
        logits = model.pairs(vectors[q], vectors[f], c)[:, 0]
        loss = torch.nn.functional.binary_cross_entropy_with_logits(logits, useful.float(), weight=1 + 0.5 * trap)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        plan.step()
    return model.eval()


@torch.no_grad()
def asked(model, vectors, rows):
    q, f, c, useful, trap = (torch.as_tensor(x) for x in rows.T)
    scores = torch.cat([model.pairs(vectors[q[k]], vectors[f[k]], c[k])[:, 0] for k in torch.arange(len(rows)).split(8192)]).numpy()
    useful, trap = useful.numpy().astype(bool), trap.numpy().astype(bool)
    kept = useful | trap
    return pr_auc(useful, scores), false_at_recall(useful[kept], scores[kept])


def main():
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("--data", action="append", required=True)
    options = p.parse_args()
    corpus, source = Corpus(options.data), encoder_folder()
    words = Words(Encoded(Tokenizer.from_file(os.path.join(source, "tokenizer.json"))))
    users = [u for u in corpus.users if u.language == "en"]
    rest, held = [u for u in users if fold_of(u.group) != HELD], [u for u in users if fold_of(u.group) == HELD]
    encoder = Full(load_weights(source)).eval()
    examined, questions = pairs_of(held, words, encoder)
    np.random.default_rng(0).shuffle(rest)
    known, rows = pairs_of(rest, words, encoder)
    known, examined = torch.as_tensor(known), torch.as_tensor(examined)
    ends = np.cumsum([len(u.queries) * len(u.facts) for u in rest])
    print(f"{len(held)} users asked about\n| users | useful facts, PR-AUC | traps kept at 80% recall |\n|---|---|---|", flush=True)
    for size in SIZES:
        n = size or len(rest)
        found = np.array([asked(taught(known, rows[:ends[n - 1]], seed), examined, questions) for seed in range(SEEDS)])
        print(f"| {n:,} | {found[:, 0].mean():.3f} | {found[:, 1].mean():.3f} |", flush=True)


if __name__ == "__main__":
    main()
