"""The small tier from a pool that was taught and stored before: python tools/train/train.py --stage lite"""
import gzip
import json
import os
import pickle

import numpy as np
import torch

import exam as exams
import jobs
from corpus import fold_of
from exam import answer
from fit_lite import Pieces, fit_disclosure, fit_lite
from lite_view import LiteView
from pool import Pool


def without(pool, corpus, held):
    """The pool without what belongs to the held fold. (Its teachers saw four fifths of the groups each; see the model card.)"""
    out = {r.text for r in corpus.requests() if fold_of(r.group) == held} | {t.query for t in corpus.turns if fold_of(t.group) == held}
    out |= {m.text for m in corpus.messages if fold_of(m.group) == held} | {q for u in corpus.users if fold_of(u.group) == held for q, _, _ in u.queries}
    return Pool([r for r in pool.requests if r[0] not in out], [c for c in pool.cases if not any(q in out for q in c[0])],
                [s for s in pool.sessions if s[0] not in out], [d for d in pool.disclosures if d[0] not in out])


def lite_job(setting, held, sizes):
    name = "final lite" if held is None else f"lite fold {held}"
    log = jobs.log_to(setting, name)
    torch.set_num_threads(setting.threads)
    with gzip.open(setting.path("pool.pkl.gz")) as stored:
        pool = jobs.widened(pickle.load(stored))
    for row in pool.cases:
        row[2], row[3] = np.asarray(row[2], np.float32), np.asarray(row[3], np.float32)
    corpus = pickle.load(open(setting.path("corpus.pkl"), "rb"))
    if held is not None:
        pool = without(pool, corpus, held)
    pieces = Pieces(json.load(open(setting.path("pieces.json"), encoding="utf-8")))
    vectors = torch.load(setting.path("vectors.pt"))
    lite = fit_lite(pool, pieces, vectors, setting.lite_steps, sizes=sizes, log=log)
    suffix = "" if held is None else f"-{held}"
    torch.save({"lite": lite.state_dict(), "sizes": lite.sizes}, setting.path(f"lite{suffix}.part"))
    tagger = fit_disclosure(pool, pieces, vectors, setting.tagger_steps, batch=64, log=log)
    torch.save({"lite": lite.state_dict(), "sizes": lite.sizes, "tagger": tagger.state_dict(), "tagger_sizes": tagger.sizes}, setting.path(f"lite{suffix}.pt"))
    if held is not None:
        jobs.save_answers(setting, held, "lite", answer(exams.build(corpus, held), LiteView(lite, tagger, pieces)))
    log("done")
    return os.path.exists(setting.path(f"lite{suffix}.pt"))
