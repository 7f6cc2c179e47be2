"""Calibration and the files under models/, from what the training left in the work folder."""
import gzip
import json
import os
import pickle

import numpy as np
import torch
from tokenizers import Tokenizer

import calibrate
import exam as exams
import figures
import gate_file
import language
import polish
import reference
from constants import LANGUAGES
from corpus import Corpus, category_index
from export_full import Graph, load_student, write_full, write_pair
from fit_lite import Pieces
from full import Words
from lite import Lite, LiteDisclosure
from lite_view import LiteView
from lite_file import DisclosureFile, LiteFile, save_disclosure, save_lite
from tokenizer import Encoded

RELATIVE = 0.4  # a fact is attached only if its score is at least this share of the best one; chosen on out-of-fold answers
ALONE = {"full": 0.925, "lite": 0.89}  # share of messages without facts that the chosen rules leave alone


def load_answers(work, kind, folds):
    return [pickle.load(gzip.open(os.path.join(work, f"answers-{kind}-{k}.pkl.gz"))) for k in folds]


def line(x, y):
    """Slope and offset that give x the mean and spread of y: the shipped model then fires as often as the out-of-fold ones did."""
    x, y = np.asarray(x, float), np.asarray(y, float)
    a = float(np.clip(y.std() / max(x.std(), 1e-6), 0.4, 2.5))
    return a, float(y.mean() - a * x.mean())


def carried(entries, lines):
    """Calibration of out-of-fold logits, for a model whose logits are `lines[column]` = (slope, offset) away from theirs; (language, column) goes before (False, column)."""
    moved = {}
    for name, by_language in entries.items():
        moved[name] = {}
        for key, entry in by_language.items():
            pairs = [lines.get((key, c), lines.get((name == "fact", c), (1.0, 0.0))) if name != "fact" else lines[(True, c)] for c in entry["columns"]]
            weights = [w * a for w, (a, _) in zip(entry["weights"], pairs)]
            bias = entry["bias"] + sum(w * b for w, (_, b) in zip(entry["weights"], pairs))
            moved[name][key] = {"columns": entry["columns"], "weights": [round(w, 5) for w in weights], "bias": round(bias, 5)}
    return moved


def shifts(heads, sessions, messages, pairs, exams_, answers, n=1500, seed=1):
    """Lines from the shipped model's logits to the out-of-fold ones on the same (shipped) rows, by column; pairs: (True, column).

    heads(texts) -> [n, 11]; sessions(turns), messages(texts) -> [n]; pairs([(queries, facts)]) -> [[q, f, 2]]"""
    rng = np.random.default_rng(seed)
    rows = [(r.text, a.requests[i]) for e, a in zip(exams_, answers) for i, r in enumerate(e.requests) if r.shipped and r.real]
    rows = [rows[i] for i in rng.choice(len(rows), min(n, len(rows)), replace=False)]
    x, y = heads([t for t, _ in rows]), np.array([v for _, v in rows])
    # English goes by all rows: on its own the shipped model fired more often on rows that it never saw (models/README.md).
    lines = {(False, c): line(x[:, c], y[:, c]) for c in (0, 1, 2, 3, 4, 5, 6, 9)}
    for code in LANGUAGES[1:]:
        mine = [(r.text, a.requests[i]) for e, a in zip(exams_, answers) for i, r in enumerate(e.requests) if r.shipped and r.real and r.language == code]
        x, y = heads([t for t, _ in mine]), np.array([v for _, v in mine])
        lines.update({(code, c): line(x[:, c], y[:, c]) for c in (0, 1, 2)})
    turns = [(t, a.turns[i], a.turns_alone[i]) for e, a in zip(exams_, answers) for i, t in enumerate(e.turns)]
    lines[(False, 8)] = line(sessions([t for t, _, _ in turns]), [v for _, v, _ in turns])
    lines[(False, 7)] = line(heads([t.query for t, _, _ in turns])[:, 7], [v for _, _, v in turns])
    said = [(m.text, a.messages[i]) for e, a in zip(exams_, answers) for i, m in enumerate(e.messages)]
    said = [said[i] for i in rng.choice(len(said), min(500, len(said)), replace=False)]
    lines[(False, 10)] = line(messages([t for t, _ in said]), [v for _, v in said])
    users = [(u, a.user_pairs[i]) for e, a in zip(exams_, answers) for i, u in enumerate(e.users)]
    users = [users[i] for i in rng.choice(len(users), min(60, len(users)), replace=False)]
    found = pairs([([q for q, _, _ in u.queries], u.facts) for u, _ in users])
    for c in (0, 1):
        lines[(True, c)] = line(np.concatenate([p[..., c].ravel() for p in found]), np.concatenate([v[..., c].ravel() for _, v in users]))
    print({f"{'pair' if k[0] is True else k[0] or ''} {k[1]}": (round(v[0], 2), round(v[1], 2)) for k, v in lines.items()}, flush=True)
    return lines


def idle_pairs(corpus, seed=2):
    """Impersonal requests and facts that may be vital: [(queries, [(category, text)])]; nearly none of these pairs should be attached."""
    rng = np.random.default_rng(seed)
    plain = [r.text for r in corpus.judged if r.shipped and r.real and r.language == "en" and not r.labels["profile1"] and len(r.text) < 300]
    facts = [(c, t) for u in corpus.users if u.language == "en" for c, t in u.facts if c in ("health", "diet", "constraint")]
    pick = lambda rows, n: [rows[i] for i in rng.choice(len(rows), n, replace=False)]
    return [(pick(plain, 250), pick(facts, 40))]


def moved(found, lines):
    """Pair logits of the shipped model on the scale of the out-of-fold ones."""
    flat = np.concatenate([p.reshape(-1, 2) for p in found])
    return np.stack([lines[(True, c)][0] * flat[:, c] + lines[(True, c)][1] for c in (0, 1)], 1)


def graph_pairs(graph, words, cases):
    found = []
    for asked, known in cases:
        q, f = [graph(words.request(t))[1] for t in asked], [graph(words.fact(t))[1] for _, t in known]
        found.append(np.array([[graph.pair(a, b, category_index(c)) for b, (c, _) in zip(f, known)] for a in q]))
    return found


def held_out(questions, answers, pairs, fold=0):
    """The pair scores are calibrated on the one fold that the last training of the pairs has not seen, by the model that ships."""
    for k, (exam, found) in enumerate(zip(questions, answers)):
        if k == fold:
            found.user_pairs = pairs([([q for q, _, _ in u.queries], u.facts) for u in exam.users])
            asked = [([q], [("preference", own)] + [("preference", t) for t in others]) for q, own, others in exam.strangers]
            found.strangers = np.concatenate(pairs(asked)) if asked else found.strangers
        else:
            exam.users, found.user_heads, found.user_pairs, found.strangers, found.stranger_heads = [], [], [], found.strangers[:0], found.stranger_heads[:0]


def tier_of(kind, version, pooled, entries, lines, extra=None):
    """Thresholds are probabilities: chosen on out-of-fold answers, and kept while the calibration moves to the shipped model."""
    half = calibrate.choose_half(pooled, entries)
    chosen = calibrate.thresholds(pooled, entries, half, RELATIVE)
    rules, rates = figures.disclosure_rules(pooled, entries, ALONE[kind])
    # The rules of shared/extract leave messages alone by themselves, so a stricter gate on the message only costs recall.
    rules["message"] = min(rules["message"], 0.5)
    cv = {**figures.request_figures(pooled, entries), **figures.pair_figures(pooled, entries, half), **figures.session_figures(pooled),
          **figures.decision_figures(pooled, entries, chosen, half), "disclosure": rates}
    print(json.dumps({kind: cv}, indent=0, ensure_ascii=False), flush=True)
    return gate_file.tier(version, carried(entries, lines), chosen, calibrate.margins(pooled, entries, chosen, half), half, {"default": rules}, {}), cv


def polished(work, student_name, graph, student, words, corpus, questions):
    """polish.everything, kept in the work folder."""
    path = os.path.join(work, f"polished-{student_name}.pkl")
    if not os.path.exists(path):
        pickle.dump(polish.everything(graph, student, words, corpus, questions, examined=1), open(path, "wb"))
    return pickle.load(open(path, "rb"))


def finish(options):
    work, out, version = options.work, options.out, options.version
    torch.set_num_threads(2)
    os.makedirs(out, exist_ok=True)
    corpus = pickle.load(open(os.path.join(work, "corpus.pkl"), "rb")) if os.path.exists(os.path.join(work, "corpus.pkl")) else Corpus(options.data)
    words = Words(Encoded(Tokenizer.from_file(os.path.join(work, "tokenizer.json"))))
    folds = list(range(options.folds))
    questions = [exams.build(corpus, k) for k in folds]
    answers = load_answers(work, "full", folds)
    student = load_student(os.path.join(work, options.student))
    plain, small = write_full(student, out, work, os.path.join(work, "tokenizer.json"), version, os.path.join(work, options.student))
    graph = Graph(small, os.path.join(out, "full", "pair.bin"), 1)
    if options.no_polish:
        held_out(questions, answers, lambda cases: graph_pairs(graph, words, cases))
    else:
            head, judged = polished(work, options.student, graph, student, words, corpus, questions)
            write_pair(polish.give(student, head), out, version)
            graph = Graph(small, os.path.join(out, "full", "pair.bin"), 1)
            for k, found in zip(folds, answers):
                if k in judged:
                    found.user_pairs, found.strangers = judged[k]
                else:  # this fold has no head of its own: its pairs are left out
                    questions[k].users, found.user_heads, found.user_pairs, found.strangers, found.stranger_heads = [], [], [], found.strangers[:0], found.stranger_heads[:0]
    pooled = calibrate.Pooled(questions, answers)
    entries = calibrate.calibrations(pooled)
    lines = shifts(lambda texts: np.array([graph(words.request(t))[0] for t in texts]), lambda turns: np.array([graph(words.session(t.query, t.history, t.notes))[0][8] for t in turns]),
                   lambda texts: np.array([graph(words.message(t))[0][10] for t in texts]), lambda cases: graph_pairs(graph, words, cases), questions, answers)
    pooled.idle = moved(graph_pairs(graph, words, idle_pairs(corpus)), lines)
    full_tier, full_cv = tier_of("full", version, pooled, entries, lines)
    lite_tier, lite_cv, view = finish_lite(options, corpus, [exams.build(corpus, k) for k in folds], folds)
    table = language.learn(language.texts_by_language(corpus))
    gate_file.write_gate(out, version, table, {"lite": lite_tier, "full": full_tier})
    lite, tagger, pieces = view
    graphs = {"float": Graph(plain, os.path.join(out, "full", "pair.bin")), "int8": graph}
    found = reference.reference(corpus, lite, tagger, pieces, lambda text: language.detect(text, table), graphs, words)
    json.dump(found, open(os.path.join(out, "reference.json"), "w", encoding="utf-8"), ensure_ascii=False, separators=(",", ":"))
    json.dump({"full": full_cv, "lite": lite_cv}, open(os.path.join(out, "cross-validation.json"), "w", encoding="utf-8"), ensure_ascii=False, indent=1)


def finish_lite(options, corpus, questions, folds):
    work, out = options.work, options.out
    stored = torch.load(os.path.join(work, "lite.pt"))
    pieces = Pieces(json.load(open(os.path.join(work, "pieces.json"), encoding="utf-8")))
    model, tagger = Lite(len(pieces.pieces), **stored["sizes"]), LiteDisclosure(len(pieces.pieces), **stored["tagger_sizes"])
    model.load_state_dict(stored["lite"])
    tagger.load_state_dict(stored["tagger"])
    save_lite(os.path.join(out, "lite.bin"), model, pieces.pieces, options.version)
    save_disclosure(os.path.join(out, "disclosure.bin"), tagger, options.version)
    torch_tagger, lite, tagger = tagger, LiteFile(os.path.join(out, "lite.bin")), DisclosureFile(os.path.join(out, "disclosure.bin"))
    answers = load_answers(work, "lite", folds)
    view = LiteView(model, torch_tagger, pieces)
    model.quantised = torch_tagger.quantised = True
    held_out(questions, answers, view.pairs)
    pooled = calibrate.Pooled(questions, answers)
    entries = calibrate.calibrations(pooled)
    lines = shifts(view.heads, view.sessions, lambda texts: view.tagged(texts)[1], view.pairs, questions, answers)
    pooled.idle = moved(view.pairs(idle_pairs(corpus)), lines)
    tier, cv = tier_of("lite", options.version, pooled, entries, lines)
    return tier, cv, (lite, tagger, pieces)
