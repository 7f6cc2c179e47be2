"""Goes on with the finished full model on the gold labels, above all of facts and requests, on a CPU.

One fold is held out: its answers calibrate the pair scores of the model that ships."""
import copy
import time

import numpy as np
import torch

import pool as pools
from corpus import Draw, fold_of
from fit_full import Cases, Step
from fit_lite import Pace, schedule
from full import Full
from metrics import pr_auc

SIZES = {"requests": 16, "cases": 4, "sessions": 3, "disclosures": 5}
QUERIES = 10  # of a user in one case: facts cost a pass each, so every request asked of them is nearly free
AVERAGE = 0.998  # of the weights over the steps; what ships is the average
FROZEN = ("encoder.words", "encoder.places", "encoder.types", "encoder.norm", "encoder.layers.0.", "encoder.layers.1.")


@torch.no_grad()
def held_figures(model, corpus, words, fold):
    """(PR-AUC of useful facts, share of traps kept at 80% recall) on the users of the held fold, by P(helps) alone."""
    users = [u for u in corpus.users if fold_of(u.group) == fold and u.language == "en"]
    cases = Cases([([q for q, _, _ in u.queries], u.facts) for u in users])
    useful, trap, scores = [], [], []
    for user, logits in zip(users, cases.split(cases.logits(model, words, "cpu"))):
        for i, (_, use, traps) in enumerate(user.queries):
            for j in range(len(user.facts)):
                useful.append(use.get(j, 0) >= 1)
                trap.append(j in traps)
                scores.append(logits[i, j, 0])
    useful, trap, scores = np.array(useful), np.array(trap), np.array(scores)
    limit = np.quantile(scores[useful], 0.2)
    return pr_auc(useful, scores), float((scores[trap] >= limit).mean())


def deepen(model: Full, corpus, words, held, steps=2400, rate=5e-5, seed=5, log=print, keep=None, every=400):
    """Every `every` steps the average is examined on the held fold and given to `keep(model)`."""
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    pool = pools.build(Draw(corpus, 9000 + seed, held), 24000, 5000, 5000, 8000, queries=QUERIES)
    log(f"pool: {len(pool.requests)} requests, {len(pool.cases)} cases")
    named = [(name, p) for name, p in model.named_parameters() if not name.startswith(FROZEN)]
    for name, p in model.named_parameters():
        p.requires_grad_(not name.startswith(FROZEN))
    body = [p for name, p in named if name.startswith("encoder.")]
    rest = [p for name, p in named if not name.startswith("encoder.")]
    optimizer = torch.optim.AdamW([{"params": body, "lr": rate, "weight_decay": 0.01}, {"params": rest, "lr": 8e-4, "weight_decay": 0.01}])
    average, memory, began, running = copy.deepcopy(model).eval(), {}, time.time(), None
    kept = dict(average.named_parameters())
    plan = schedule(optimizer, Pace(steps), 0.04, 0.02)
    for step in range(1, steps + 1):
        model.train()
        batch = Step(pool, words, rng, SIZES, memory)
        batch.widths = (12, 17, 25, 41)
        loss = batch.loss(model, "cpu")
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_([p for _, p in named], 1.0)
        optimizer.step()
        plan.step()
        with torch.no_grad():
            for name, p in named:
                kept[name].lerp_(p, 1 - min(AVERAGE, step / (step + 10)))
        running = float(loss.detach()) if running is None else 0.98 * running + 0.02 * float(loss.detach())
        if step % 25 == 0:
            log(f"deepen step {step}/{steps} loss {running:.3f} {time.time() - began:.0f}s")
        if step % every == 0 or step == steps:
            found = held_figures(average, corpus, words, held)
            log(f"held fold after {step}: facts PR-AUC {found[0]:.3f}, traps kept {found[1]:.3f}")
            if keep:
                keep(average)
    return average
