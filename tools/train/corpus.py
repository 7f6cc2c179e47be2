"""Draws mixed training examples. The same draws teach both tiers; `held` groups are never drawn."""
import hashlib
import random

import augment
from constants import COLUMN, HEADS, NO_CATEGORY, CATEGORIES
from more_sources import read_messages, read_turns, spoken, unlabelled
from sources import Data, read_judged, read_other_requests, read_users, requests_of_users

FOLDS = 5


def fold_of(group):
    return int(hashlib.sha256(group.encode("utf-8")).hexdigest()[:8], 16) % FOLDS


class Corpus:
    def __init__(self, folders):
        data = Data(folders)
        self.judged = read_judged(data)
        self.users = read_users(data)
        self.other = read_other_requests(data)
        self.turns = read_turns(data)
        self.messages = read_messages(data)
        self.talk, self.personas = spoken(data)
        self.free = unlabelled(data)

    def requests(self):
        return self.judged + requests_of_users(self.users) + self.other

    def texts(self):
        """Every text, for vocabularies."""
        found = [r.text for r in self.requests() if r.shipped]
        for user in self.users:
            found += [text for _, text in user.facts]
        for turn in self.turns:
            found += [turn.query] + turn.history[-3:] + turn.notes
        found += [m.text for m in self.messages] + [line for persona in self.personas for line in persona] + [t for t, _ in self.free]
        return found + [line for turn in self.talk for line in turn]


class Draw:
    """Random examples from the groups that are not held out."""

    def __init__(self, corpus, seed, held=None):
        keep = lambda item: held is None or fold_of(item.group) != held
        self.rng = random.Random(seed)
        self.corpus = corpus
        requests = [r for r in corpus.requests() if r.shipped and keep(r)]
        self.main = [r for r in requests if r.weight >= 1]
        self.boost = [r for r in self.main if r.labels["profile1"] or any(r.labels[s] for s in ("medical", "legal", "financial", "safety"))]
        self.foreign = [r for r in self.main if r.language != "en"]
        self.asked = [r for r in requests if r.weight == 0.5]
        self.aux = [r for r in requests if r.weight < 0.5]
        self.plain = [r for r in self.main if not r.labels["profile1"] and len(r.text) < 300] + [r for r in self.aux if r.source in ("nq_open", "gsm8k")]
        self.needy = [r for r in self.main if r.labels["profile1"] and len(r.text) < 300]
        self.users = [u for u in corpus.users if keep(u)]
        self.facts = [(c, t) for u in self.users if u.language == "en" for c, t in u.facts]
        self.turns = [t for t in corpus.turns if keep(t)]
        self.close = [t for t in self.turns if t.source == "session_need"]
        self.far = [t for t in self.turns if t.source != "session_need"]
        self.messages = [m for m in corpus.messages if keep(m)]
        self.preferences = [line for persona in corpus.personas for line in persona]

    def preamble(self):
        rng = self.rng
        draw = rng.random()
        if draw < 0.3:
            return " ".join(rng.sample(rng.choice(self.corpus.personas), k=rng.randint(1, 2)) if rng.random() < .7 else [rng.choice(self.preferences)])
        if draw < 0.55:
            lines = rng.choice(self.corpus.talk)
            at = rng.randrange(max(1, len(lines) - 3))
            return " ".join(line for line in lines[at:at + rng.randint(1, 4)] if not line.rstrip().endswith("?"))[:500]
        if draw < 0.8:
            return rng.choice(self.messages).text[:400].split("?")[0]
        if draw < 0.9:
            return rng.choice(self.close).query if self.close and rng.random() < .3 else augment.first_person(*rng.choice(self.facts))
        return " ".join(augment.first_person(*fact) for fact in rng.sample(self.facts, k=2))

    def with_preamble(self):
        rng = self.rng
        base = rng.choice(self.plain) if rng.random() < 0.75 or not self.needy else rng.choice(self.needy)
        labels = {k: v for k, v in base.labels.items() if k in ("profile1", "profile2", "analytic", "style")}
        return augment.joined(self.preamble(), base.text, rng), labels, 0.6

    def requests(self, n):
        """[(text, {head: label}, weight)]"""
        rng, found = self.rng, []
        for _ in range(n):
            draw = rng.random()
            if draw < 0.42:
                r = rng.choice(self.main)
            elif draw < 0.52:
                r = rng.choice(self.boost)
            elif draw < 0.60 and self.foreign:
                r = rng.choice(self.foreign)
            elif draw < 0.72 and self.asked:
                r = rng.choice(self.asked)
            elif draw < 0.86:
                r = rng.choice(self.aux)
            else:
                found.append(self.with_preamble())
                continue
            found.append((r.text, r.labels, {0.5: 0.5}.get(r.weight, r.weight if r.weight >= 1 else min(1.0, r.weight * 2.5))))
        return found

    def cases(self, n, queries=4, extra=5):
        """[(queries, [(category, text)], grades[q][f], weights[q][f])] of n users, with facts of other people among them."""
        rng, found = self.rng, []
        for user in rng.sample(self.users, k=min(n, len(self.users))):
            english = user.language == "en"
            order = list(range(len(user.facts)))
            chosen = rng.sample(user.queries, k=min(queries, len(user.queries)))
            facts = [(user.facts[i][0], augment.voiced(*user.facts[i], rng, english and user.facts[i][1].isascii())) for i in order]
            others, cautious = [], {"style", "diet", "health", "constraint", "location"}
            while len(others) < extra:
                if rng.random() < 0.5:
                    others.append(("preference", rng.choice(self.preferences)))
                else:
                    category, text = rng.choice(self.facts)
                    if category not in cautious:
                        others.append((category, augment.voiced(category, text, rng)))
            facts += others
            grades, weights = [], []
            for _, use, traps in chosen:
                grades.append([use.get(i, 0) for i in order] + [0] * extra)
                weights.append([1.5 if i in traps or use.get(i) == 2 else 1.0 for i in order] + [0.5] * extra)
            facts = [(c if rng.random() > 0.35 else None, t) for c, t in facts]
            found.append(([q for q, _, _ in chosen], facts, grades, weights))
        return found

    def sessions(self, n):
        """[(query, history, notes, label, weight)]"""
        rng, found = self.rng, []
        for _ in range(n):
            t = rng.choice(self.close) if rng.random() < 0.45 and self.close else rng.choice(self.far)
            history, notes, label, weight = t.history, t.notes, t.label, t.weight
            if t.source == "opening":  # a complete first message after somebody else's conversation
                history = rng.choice(self.far).history or rng.choice(self.close).history
            elif rng.random() < 0.06 and label == 0:
                history, notes = rng.choice(self.far).history, []
            found.append((t.query, history, notes, label, weight))
        return found

    def disclosures(self, n):
        rng, found = self.rng, []
        for _ in range(n):
            if rng.random() < 0.88:
                m = rng.choice(self.messages)
                found.append((m.text, m.facts, m.weight))
            else:
                r = rng.choice([x for x in (rng.choice(self.aux),) if x.source in ("nq_open", "gsm8k", "query_wellformedness")] or [self.aux[0]])
                found.append((r.text, [], 0.4))
        return found


def category_index(category):
    return CATEGORIES.index(category) if category in CATEGORIES else NO_CATEGORY


def label_row(labels):
    """(values, known) over the head columns."""
    values, known = [0.0] * len(HEADS), [0.0] * len(HEADS)
    for name, value in labels.items():
        values[COLUMN[name]], known[COLUMN[name]] = float(value), 1.0
    return values, known
