"""Goes on with the small tier's pair layers on the gold labels of facts and requests (minutes on one CPU thread); fold 0 is held out."""
import random
import time

import torch
import torch.nn.functional as F

from corpus import category_index, fold_of
from lite import Batch
from polish import texts_of

PAIR_LAYERS = ("query.", "fact.", "pair_hidden.", "pair_out.", "category")


def polish_lite(model, corpus, ids, prepared, seconds, held=0, rate=2e-3, seed=3, log=print):
    """`ids`: text -> small tier's tokens. The table moves slowly, so that the other heads keep their meaning."""
    torch.manual_seed(seed)
    rng, began = random.Random(seed), time.time()
    users = [u for u in corpus.users if fold_of(u.group) != held]
    _, voices, strangers, *_ = texts_of(corpus, strangers=1500)
    kept = {name: p.detach().clone() for name, p in model.named_parameters()}
    pair = [p for name, p in model.named_parameters() if name.startswith(PAIR_LAYERS)]
    for name, p in model.named_parameters():
        p.requires_grad_(name.startswith(PAIR_LAYERS) or name in ("embed", "bigram"))
    optimizer = torch.optim.AdamW([{"params": pair, "lr": rate, "weight_decay": 0.02}, {"params": [model.embed, model.bigram], "lr": rate / 8, "weight_decay": 0.0}])
    model.quantised, step, running = True, 0, None
    model.train()
    while time.time() - began < seconds:
        share = (time.time() - began) / seconds
        for group, top in zip(optimizer.param_groups, (rate, rate / 8)):
            group["lr"] = top * min(1.0, (step + 1) / 50) * max(0.02, 1 - share)
        texts, q, f, c, y, w = [], [], [], [], [], []
        for user in rng.sample(users, 6):
            facts = [(category_index(k) if rng.random() > 0.3 else 16, rng.choice(voices[t])) for k, t in user.facts]
            own = len(facts)
            facts += [(10 if rng.random() > 0.3 else 16, rng.choice(strangers)) for _ in range(3)]
            at_fact = len(texts)
            texts += [t for _, t in facts]
            for text, use, traps in user.queries:
                at = len(texts)
                texts.append(text)
                for j, (category, _) in enumerate(facts):
                    grade = use.get(j, 0) if j < own else 0
                    q.append(at)
                    f.append(at_fact + j)
                    c.append(category)
                    y.append((grade >= 1, grade == 2))
                    w.append(1.5 if j in traps or grade == 2 else 1.0 if j < own else 0.5)
        batch = Batch([ids(t) for t in texts], prepared)
        z = model.vectors(batch)
        q, f = torch.tensor(q), torch.tensor(f)
        logits = model.pairs(z[q], z[f], model.overlap(batch.take(q), batch.take(f)), torch.tensor(c))
        loss = F.binary_cross_entropy_with_logits(logits, torch.tensor(y, dtype=torch.float32), reduction="none")
        loss = (loss * torch.tensor(w)[:, None] * torch.tensor([[1.0, 0.6]])).mean()
        drift = (model.embed - kept["embed"]).square().sum(1).mean()
        optimizer.zero_grad(set_to_none=True)
        (loss + 0.3 * drift).backward()
        optimizer.step()
        running = float(loss.detach()) if running is None else 0.98 * running + 0.02 * float(loss.detach())
        step += 1
        if step % 100 == 0:
            log(f"lite pairs step {step} loss {running:.4f} drift {float(drift.detach()):.4f} {time.time() - began:.0f}s")
    return model.eval()
