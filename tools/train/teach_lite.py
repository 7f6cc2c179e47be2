"""The small tier once more, from a large one that has gone on: its pairs are half its teacher's, half gold. Fold 0 is never seen."""
import gzip
import json
import os
import pickle
import random

import numpy as np
import torch
from tokenizers import Tokenizer

import fit_lite
import jobs
import pool as pools
from corpus import Corpus, Draw, label_row
from export_full import load_student
from fit_full import Cases, sigmoid
from full import Words
from lite import Lite
from tokenizer import Encoded

HELD = 0


def since(corpus, pool, times=4):
    """Labelled requests that came to the data after the pool was made: the gold labels alone."""
    known = {text for text, _, _ in pool.requests}
    rows = []
    for request in Draw(corpus, 22, HELD).main:
        if request.text not in known:
            values, labelled = label_row(request.labels)
            rows.append([request.text, np.array(values, np.float32), np.array(labelled, np.float32)])
    return rows * times


def taught_cases(corpus, model, words):
    cases = pools.build(Draw(corpus, 21, HELD), 10, 3000, 10, 10, queries=8, loose_cases=1500).cases
    every = Cases(cases)
    for row, soft in zip(cases, every.split(sigmoid(every.logits(model, words, "cpu")))):
        known = row[3][..., None] > 0
        row[2] = np.where(known, 0.5 * row[2] + 0.5 * soft, soft).astype(np.float32)
        row[3] = np.where(row[3] > 0, row[3], 0.5).astype(np.float32)
    return cases


def teach(options, log):
    """Reads `--student`, `pool.pkl.gz` and `lite.pt` of the work folder; writes `lite.pt`, and keeps the one before."""
    at = lambda name: os.path.join(options.work, name)
    torch.set_num_threads(2)
    corpus = Corpus(options.data)
    words = Words(Encoded(Tokenizer.from_file(at("tokenizer.json"))))
    with gzip.open(at("pool.pkl.gz")) as stored:
        pool = pickle.load(stored)
    rng = random.Random(2)
    gold = [r for r in pool.requests if (r[2] > 0.5).any()]
    rest = [r for r in pool.requests if not (r[2] > 0.5).any()]
    pool.requests = rng.sample(gold, min(len(gold), 24000)) + rng.sample(rest, min(len(rest), 12000)) + since(corpus, pool)
    pool.cases = taught_cases(corpus, load_student(at(options.student)), words)
    pool.sessions, pool.disclosures = rng.sample(pool.sessions, min(len(pool.sessions), 8000)), []
    log(f"{len(pool.requests)} requests, {len(pool.cases)} cases judged")
    pieces = fit_lite.Pieces(json.load(open(at("pieces.json"), encoding="utf-8")))
    before = torch.load(at("lite.pt"))
    start = Lite(len(pieces.pieces), **before["sizes"])
    start.load_state_dict(before["lite"])
    after = fit_lite.fit_lite(pool, pieces, None, options.lite_steps, batch=160, seconds=options.seconds or None, start=start, log=log)
    os.replace(at("lite.pt"), at("lite-before.pt"))
    torch.save({**before, "lite": after.state_dict()}, at("lite.pt"))


def go_on(options, log):
    """`--stage deepen`: from `--student` to `deep.pt` in the work folder, `--steps` steps."""
    from deepen import deepen

    at = lambda name: os.path.join(options.work, name)
    torch.set_num_threads(2)
    words = Words(Encoded(Tokenizer.from_file(at("tokenizer.json"))))
    keep = lambda model: jobs.keep(model, at("deep.pt"))
    keep(deepen(load_student(at(options.student)), Corpus(options.data), words, HELD, options.steps, seed=options.seed, log=log, keep=keep))
