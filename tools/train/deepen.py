"""Goes on with the finished full model on the gold labels, above all of facts and requests, on a CPU.

One fold is held out: its answers calibrate the pair scores of the model that ships."""
import time

import numpy as np
import torch

import pool as pools
from corpus import Draw
from fit_full import Step
from fit_lite import Pace, schedule
from full import Full

SIZES = {"requests": 6, "cases": 4, "sessions": 1, "disclosures": 2}
FROZEN = ("encoder.words", "encoder.places", "encoder.types", "encoder.norm", "encoder.layers.0.", "encoder.layers.1.")


def deepen(model: Full, corpus, words, held, seconds, rate=4e-5, steps=4000, seed=5, log=print, keep=None):
    """`seconds` bounds the schedule on a slow machine; `keep(model)` is called every 200 steps."""
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    pool = pools.build(Draw(corpus, 9000 + seed, held), 12000, 9000, 4000, 6000)
    log(f"pool: {len(pool.requests)} requests, {len(pool.cases)} cases")
    named = [(name, p) for name, p in model.named_parameters() if not name.startswith(FROZEN)]
    for name, p in model.named_parameters():
        p.requires_grad_(not name.startswith(FROZEN))
    body = [p for name, p in named if name.startswith("encoder.")]
    rest = [p for name, p in named if not name.startswith("encoder.")]
    optimizer = torch.optim.AdamW([{"params": body, "lr": rate, "weight_decay": 0.01}, {"params": rest, "lr": 8e-4, "weight_decay": 0.01}])
    memory, began, step = {}, time.time(), 0
    pace = Pace(steps, seconds, began)
    plan = schedule(optimizer, pace, 0.05, 0.0)
    running = None
    while step < pace.steps:
        pace.at(step)
        model.train()
        batch = Step(pool, words, rng, SIZES, memory)
        batch.widths = (12, 17, 25, 41)
        loss = batch.loss(model, "cpu")
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_([p for _, p in named], 1.0)
        optimizer.step()
        plan.step()
        running = float(loss.detach()) if running is None else 0.98 * running + 0.02 * float(loss.detach())
        step += 1
        if step % 25 == 1:
            log(f"deepen step {step}/{pace.steps} loss {running:.3f} {time.time() - began:.0f}s")
        if keep and step % 100 == 0:
            keep(model)
    return model.eval()
