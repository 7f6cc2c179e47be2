"""The training jobs, each of which runs in a process of its own, and the setting that they share."""
import gzip
import json
import os
import pickle
import time
from dataclasses import dataclass

import numpy as np
import torch

import exam as exams
import pool as pools
from corpus import Corpus, Draw
from encoder import give_rows, load_weights, read_glosses
from exam import FullView, answer
from fit_full import fit_full, teach
from fit_lite import Pieces, fit_disclosure, fit_lite, start_vectors
from full import Full, Words
from lite_view import LiteView
from tokenizer import Encoded, full_tokenizer, small_vocabulary


@dataclass
class Setting:
    data: list
    encoder: str
    work: str
    device: str
    steps: int = 2400
    lite_steps: int = 6000
    tagger_steps: int = 3000
    pool: float = 1.0  # scale of the pools
    pieces: int = 12000
    bigrams: int = 4096
    seconds: int = 0  # for the fine-tuning of one model; 0: no limit
    threads: int = 2
    deadline: float = 0.0  # clock time by which the students must be done; 0: none
    lite_device: str = ""  # the small tier may train elsewhere than the full one

    def path(self, name):
        return os.path.join(self.work, name)


def log_to(setting, name):
    began = time.time()

    def log(text):
        line = f"[{time.time() - began:5.0f}s {name}] {text}"
        print(line, flush=True)
    return log


def prepare(setting):
    """Vocabularies and start weights, written once to the work folder."""
    os.makedirs(setting.work, exist_ok=True)
    corpus = Corpus(setting.data)
    texts = corpus.texts()
    tokenizer, added = full_tokenizer(setting.encoder, texts)
    weights = give_rows(load_weights(setting.encoder), added, read_glosses(), tokenizer.get_vocab())
    pieces = small_vocabulary(tokenizer, texts, setting.pieces)
    tokenizer.save(setting.path("tokenizer.json"))
    json.dump(pieces, open(setting.path("pieces.json"), "w", encoding="utf-8"), ensure_ascii=False)
    torch.save(weights, setting.path("start.pt"))
    torch.save(start_vectors(pieces, tokenizer, weights["words.weight"].numpy(), 64), setting.path("vectors.pt"))
    pickle.dump(corpus, open(setting.path("corpus.pkl"), "wb"))
    return corpus


class Loaded:
    def __init__(self, setting):
        from tokenizers import Tokenizer

        torch.set_num_threads(setting.threads)
        if setting.device == "cuda":
            torch.backends.cuda.matmul.allow_tf32 = True
        self.corpus = pickle.load(open(setting.path("corpus.pkl"), "rb"))
        self.words = Words(Encoded(Tokenizer.from_file(setting.path("tokenizer.json"))))
        self.weights = torch.load(setting.path("start.pt"))
        self.pieces = Pieces(json.load(open(setting.path("pieces.json"), encoding="utf-8")))
        self.vectors = torch.load(setting.path("vectors.pt"))


def restore(path, device):
    model = Full()
    model.load_state_dict({k: v.float() for k, v in torch.load(path, map_location="cpu").items()})
    return model.to(device).eval()


def keep(model, path):
    torch.save({k: v.detach().half().cpu() for k, v in model.state_dict().items()}, path + ".part")
    os.replace(path + ".part", path)


def wait_for(path, failed):
    """Until another job has written `path`."""
    while not os.path.exists(path):
        if os.path.exists(failed):
            raise SystemExit(f"{path} never came")
        time.sleep(0.3)


def left(setting, share=1.0):
    """Seconds for a student, or None without a limit."""
    return max(20.0, share * (setting.deadline - time.time())) if setting.deadline else None


def scaled(setting, *numbers):
    return [max(8, int(n * setting.pool)) for n in numbers]


def gold_job(setting, seed, held):
    """Fine-tunes one model on the gold labels of all folds but `held`."""
    log, loaded = log_to(setting, f"gold {seed} held {held}"), Loaded(setting)
    requests, cases, sessions, messages = scaled(setting, 60000, 6000, 20000, 20000)
    pool = pools.build(Draw(loaded.corpus, 1000 + seed, held), requests, cases, sessions, messages)
    model = fit_full(pool, loaded.words, loaded.weights, setting.steps, setting.device, seed, seconds=setting.seconds or None, log=log)
    keep(model, setting.path(f"gold-{seed}.pt"))


def taught_pool(setting, loaded, teachers, held, log):
    scale = 1.0 if held is None else 0.6
    sizes = [int(scale * n) for n in scaled(setting, 50000, 6000, 16000, 12000, 60000, 20000, 3000)]
    requests, cases, sessions, messages, free, spoken, loose = sizes
    pool = pools.build(Draw(loaded.corpus, 77 + (held if held is not None else 50), held), requests, cases, sessions, messages, free, spoken, loose)
    for row in pool.requests:
        loaded.words.request(row[0])
    log("pool built")
    for seed in teachers:
        wait_for(setting.path(f"gold-{seed}.pt"), setting.path("failed"))
    models = [restore(setting.path(f"gold-{seed}.pt"), setting.device) for seed in teachers]
    return teach(pool, models, loaded.words, setting.device, log=log), models


def save_answers(setting, held, kind, found):
    found.tokens = [np.asarray(t, np.float16) for t in found.tokens]
    with gzip.open(setting.path(f"answers-{kind}-{held}.pkl.gz"), "wb", 3) as out:
        pickle.dump(found, out)


def slim(pool):
    """Half-precision copies of a pool's targets, to be stored."""
    for row in pool.requests:
        row[1], row[2] = row[1].astype(np.float16), row[2].astype(np.float16)
    for row in pool.cases:
        row[2], row[3] = row[2].astype(np.float16), row[3].astype(np.float16)
    for row in pool.disclosures:
        row[1] = (row[1][0], np.round(row[1][1] * 255).astype(np.uint8))
    return pool


def widened(pool):
    for row in pool.disclosures:
        row[1] = (row[1][0], row[1][1].astype(np.float32) / 255)
    return pool


def final_job(setting, teachers):
    """The full model that ships: taught by all teachers. Leaves the taught pool for the small tier."""
    log, loaded = log_to(setting, "final"), Loaded(setting)
    pool, models = taught_pool(setting, loaded, teachers, None, log)
    with open(setting.path("pool.part"), "wb") as out:
        pickle.dump(pool, out)
    os.replace(setting.path("pool.part"), setting.path("pool.pkl"))
    del models
    student = fit_full(pool, loaded.words, loaded.weights, setting.steps, setting.device, 9, rate=8e-5, seconds=left(setting) and left(setting) + 18, log=log)
    keep(student, setting.path("student.pt"))
    log("done")


def lite_of(setting, loaded, pool, log, share=1.0):
    device = setting.lite_device or setting.device
    lite = fit_lite(pool, loaded.pieces, loaded.vectors, setting.lite_steps, device, batch=160 if setting.deadline else 256, sizes={"bigrams": setting.bigrams}, seconds=left(setting, 0.6), log=log)
    return lite, fit_disclosure(pool, loaded.pieces, loaded.vectors, setting.tagger_steps, device, seconds=left(setting, 0.9), log=log)


def final_lite_job(setting):
    """The small tier that ships, from the pool that the final job left."""
    log, loaded = log_to(setting, "final lite"), Loaded(setting)
    wait_for(setting.path("pool.pkl"), setting.path("failed"))
    pool = slim(pickle.load(open(setting.path("pool.pkl"), "rb")))
    with gzip.open(setting.path("pool.pkl.gz"), "wb", 3) as out:
        pickle.dump(pool, out)
    lite, tagger = lite_of(setting, loaded, widened(pool), log)
    torch.save({"lite": lite.cpu().state_dict(), "sizes": lite.sizes, "tagger": tagger.cpu().state_dict(), "tagger_sizes": tagger.sizes}, setting.path("lite.pt"))
    log("done")


def fold_job(setting, held, teachers):
    """Examines the fold's teachers on the groups that they never saw, then a small tier taught by them alone."""
    log, loaded = log_to(setting, f"fold {held}"), Loaded(setting)
    questions = exams.build(loaded.corpus, held)
    pool, models = taught_pool(setting, loaded, teachers, held, log)
    save_answers(setting, held, "full", answer(questions, FullView(models, loaded.words, setting.device)))
    log("full examined")
    lite, tagger = lite_of(setting, loaded, pool, log)
    save_answers(setting, held, "lite", answer(questions, LiteView(lite, tagger, loaded.pieces, setting.lite_device or setting.device)))
    log("done")
