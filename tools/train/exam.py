"""What a model is asked about the groups it was not trained on, and its answers as arrays. The same exam serves both tiers."""
import random
from dataclasses import dataclass, field

import numpy as np

import augment
from constants import COLUMN
from corpus import fold_of
from fit_full import Cases
from full import run


@dataclass
class Exam:
    requests: list = field(default_factory=list)  # Request, judged rows of the fold
    preambled: list = field(default_factory=list)  # (text, source): impersonal questions after a personal preamble
    factoids: list = field(default_factory=list)
    users: list = field(default_factory=list)
    strangers: list = field(default_factory=list)  # (query, own preference, 11 preferences of other people)
    turns: list = field(default_factory=list)
    messages: list = field(default_factory=list)


def build(corpus, held, seed=7):
    rng, mine = random.Random(seed + held), lambda item: fold_of(item.group) == held
    exam = Exam()
    exam.requests = [r for r in corpus.judged if mine(r)]
    exam.users = [u for u in corpus.users if mine(u)]
    exam.turns = [t for t in corpus.turns if t.source == "session_need" and mine(t)]
    exam.messages = [m for m in corpus.messages if mine(m) and m.source != "bipia"]
    exam.factoids = [r.text for r in rng.sample([r for r in corpus.other if r.source == "nq_open" and mine(r)], k=300)]
    plain = [r.text for r in exam.requests if r.language == "en" and not r.labels["profile1"] and len(r.text) < 200]
    preferences = [(c, t) for u in exam.users if u.language == "en" for c, t in u.facts if c in ("preference", "diet", "tool")]
    talk = [lines for i, lines in enumerate(corpus.talk) if i % 5 == held and len(lines) > 4]
    for k in range(200):
        if k % 2:
            lines = rng.choice(talk)
            at = rng.randrange(len(lines) - 3)
            before = " ".join(x for x in lines[at:at + 3] if not x.rstrip().endswith("?")) or lines[0]
        else:
            before = " ".join(augment.first_person(*f) for f in rng.sample(preferences, k=2))
        exam.preambled.append((augment.joined(before, rng.choice(plain if k % 4 else exam.factoids), rng)))
    for user in exam.users:
        if user.language != "en":
            continue
        others = None
        for text, use, _ in user.queries:
            own = [i for i, grade in use.items() if grade == 2 and user.facts[i][0] == "preference"]
            if own and others is None:
                others = [augment.first_person(c, t) for u in exam.users if u is not user and u.language == "en" for c, t in u.facts if c == "preference"]
            if own and len(others) >= 11:
                exam.strangers.append((text, augment.first_person(*user.facts[own[0]]), rng.sample(others, k=11)))
    return exam


@dataclass
class Answers:
    requests: np.ndarray
    preambled: np.ndarray
    factoids: np.ndarray
    user_heads: list  # [q, 11] a user
    user_pairs: list  # [q, f, 2] a user
    strangers: np.ndarray  # [n, 12, 2], own first
    stranger_heads: np.ndarray
    turns: np.ndarray  # session with history
    turns_alone: np.ndarray
    tokens: list  # [t, 20] a message
    messages: np.ndarray
    offsets: list


class FullView:
    """The full tier behind the questions of an exam; models: one, or several whose logits are averaged."""

    def __init__(self, models, words, device):
        self.models, self.words, self.device = models, words, device

    def mean(self, rows, want):
        return np.mean([run(m, rows, self.device, want) for m in self.models], 0)

    def heads(self, texts):
        return self.mean([self.words.request(t) for t in texts], "heads")

    def pairs(self, cases):
        """[(queries, [(category, fact)])] -> [[q, f, 2]]"""
        cases = Cases(cases)
        return cases.split(np.mean([cases.logits(m, self.words, self.device) for m in self.models], 0))

    def sessions(self, turns):
        return self.mean([self.words.session(t.query, t.history, t.notes) for t in turns], "heads")[:, COLUMN["sessionHistory"]]

    def tagged(self, texts):
        found = [run(m, [self.words.message(t) for t in texts], self.device, "tokens") for m in self.models]
        tokens = [np.mean(x, 0) for x in zip(*(tokens for tokens, _ in found))]
        return tokens, np.mean([heads for _, heads in found], 0)[:, COLUMN["discloses"]], [self.words.encoded.offsets(t)[:126] for t in texts]


def answer(exam, view):
    asked = [q for u in exam.users for q, _, _ in u.queries]
    heads, user_heads, at = view.heads(asked), [], 0
    for user in exam.users:
        user_heads.append(heads[at:at + len(user.queries)])
        at += len(user.queries)
    strangers = view.pairs([([q], [("preference", own)] + [("preference", t) for t in others]) for q, own, others in exam.strangers])
    tokens, messages, offsets = view.tagged([m.text for m in exam.messages])
    return Answers(view.heads([r.text for r in exam.requests]), view.heads(exam.preambled), view.heads(exam.factoids), user_heads,
                   view.pairs([([q for q, _, _ in u.queries], u.facts) for u in exam.users]), np.concatenate(strangers),
                   view.heads([q for q, _, _ in exam.strangers]), view.sessions(exam.turns), view.heads([t.query for t in exam.turns])[:, COLUMN["session"]],
                   tokens, messages, offsets)
