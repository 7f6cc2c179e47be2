"""Out-of-fold answers -> calibration and thresholds of one tier (models/FORMAT.md, section 9)."""
import numpy as np

from constants import COLUMN, LANGUAGES
from metrics import logistic, logit, pr_auc, sigmoid, threshold_at_false

MODES = {"cautious": {"falseInjection": 0.02, "falseFacts": 0.03, "falseStyle": 0.1, "falseSession": 0.05, "falseStakes": 0.02, "vitalRecall": 0.9, "falseVital": 0.005},
         "balanced": {"falseInjection": 0.05, "falseFacts": 0.08, "falseStyle": 0.2, "falseSession": 0.1, "falseStakes": 0.05, "vitalRecall": 0.95, "falseVital": 0.02},
         "generous": {"falseInjection": 0.1, "falseFacts": 0.15, "falseStyle": 0.3, "falseSession": 0.2, "falseStakes": 0.1, "vitalRecall": 0.98, "falseVital": 0.02}}
STAKES = ["medical", "legal", "financial", "safety"]


class Pooled:
    """The folds' answers as flat arrays."""

    def __init__(self, exams, answers):
        requests = [r for e in exams for r in e.requests]
        self.heads = np.concatenate([a.requests for a in answers])
        self.language = np.array([r.language for r in requests])
        self.real, self.shipped = np.array([r.real for r in requests]), np.array([r.shipped for r in requests])
        self.group = np.array([r.group for r in requests])
        self.labels = {name: np.array([r.labels.get(name, -1) for r in requests]) for name in COLUMN}
        self.preambled, self.factoids = np.concatenate([a.preambled for a in answers]), np.concatenate([a.factoids for a in answers])
        pairs, grade, trap, heads, language, category, group, query = [], [], [], [], [], [], [], []
        for exam, a in zip(exams, answers):
            for u, user in enumerate(exam.users):
                for k, (_, use, traps) in enumerate(user.queries):
                    for j, (c, _) in enumerate(user.facts):
                        pairs.append(a.user_pairs[u][k, j])
                        grade.append(use.get(j, 0))
                        trap.append(j in traps)
                        heads.append(a.user_heads[u][k])
                        language.append(user.language)
                        category.append(c or "")
                        group.append(user.group)
                        query.append(f"{user.group}:{k}")
        self.pairs, self.grade, self.trap = np.array(pairs), np.array(grade), np.array(trap)
        self.pair_heads, self.pair_language, self.pair_category = np.array(heads), np.array(language), np.array(category)
        self.pair_group, self.pair_query = np.array(group), np.unique(query, return_inverse=True)[1]
        self.strangers = np.concatenate([a.strangers.reshape(-1, 12, 2) for a in answers])
        self.stranger_heads = np.concatenate([a.stranger_heads.reshape(-1, len(COLUMN)) for a in answers])
        turns = [t for e in exams for t in e.turns]
        self.turns, self.turns_alone = np.concatenate([a.turns for a in answers]), np.concatenate([a.turns_alone for a in answers])
        self.turn_grade, self.turn_group = np.array([t.grade for t in turns]), np.array([t.group for t in turns])
        self.message_texts = [m for e in exams for m in e.messages]
        self.message_logit = np.concatenate([a.messages for a in answers])
        self.tokens = [t for a in answers for t in a.tokens]
        self.offsets = [o for a in answers for o in a.offsets]


def fitted(columns, values, y, languages=None, ridge=1e-2):
    """A shared fit, and for each language with enough rows a bias of its own."""
    x = values[:, columns]
    default = languages == "en" if languages is not None and (languages == "en").sum() > 50 else np.ones(len(y), bool)
    w, b = logistic(x[default], y[default], ridge=ridge)
    entry = {"default": {"columns": list(columns), "weights": [round(float(v), 5) for v in w], "bias": round(b, 5)}}
    for language in LANGUAGES[1:] if languages is not None else []:
        mine = languages == language
        if mine.sum() >= 40 and y[mine].sum() >= 5:
            score = x[mine] @ w
            a, b2 = logistic(score, y[mine], ridge=3.0, offset=0.0)
            scale = float(np.clip(a[0], 0.5, 1.6))
            _, b2 = logistic(np.zeros(mine.sum()), y[mine], offset=scale * score)
            entry[language] = {"columns": list(columns), "weights": [round(float(v * scale), 5) for v in w], "bias": round(b2, 5)}
    return entry


def apply(entry, values, languages=None):
    out = np.zeros(len(values))
    for language in ["default"] if languages is None else np.unique(languages):
        mine = np.ones(len(values), bool) if languages is None else languages == language
        fit = entry.get(language, entry["default"])
        out[mine] = sigmoid(values[mine][:, fit["columns"]] @ np.array(fit["weights"]) + fit["bias"])
    return out


def calibrations(p):
    """Names of FORMAT.md, section 9 -> entries, fitted on out-of-fold answers (only rows that may ship)."""
    ok = p.shipped & p.real
    entries = {"profile": fitted([0, 1], p.heads[ok], p.labels["profile1"][ok], p.language[ok])}
    for name in ["style", "analytic", "session"]:
        rows = ok & (p.labels[name] >= 0)
        if name != "session":
            entries[name] = fitted([COLUMN[name]], p.heads[rows], p.labels[name][rows], p.language[rows] if name == "style" else None)
    alone = p.turn_grade != 1
    entries["session"] = simple(p.turns_alone[alone], p.turn_grade[alone] == 2, COLUMN["session"])
    entries["sessionHistory"] = simple(p.turns[alone], p.turn_grade[alone] == 2, COLUMN["sessionHistory"])
    for name in STAKES:
        rows = p.shipped & (p.labels[name] >= 0)
        entries[name] = simple(p.heads[rows, COLUMN[name]], p.labels[name][rows], COLUMN[name])
    entries["discloses"] = simple(p.message_logit, np.array([bool(m.facts) for m in p.message_texts]), COLUMN["discloses"])
    entries["fact"] = fitted([0, 1], p.pairs, p.grade >= 1, p.pair_language)
    return entries


def simple(values, y, column):
    w, b = logistic(values, np.asarray(y, float), ridge=0.1)
    return {"default": {"columns": [column], "weights": [round(float(w[0]), 5)], "bias": round(b, 5)}}


HALVES = [10.0, 1.0, 0.5, 0.2, 0.1, 0.05, 0.02]


def share(need, half):
    """How much of P(helps) stands where the request needs its user with probability `need`: a saturation curve, (1 + half) / 2 at `half`, 1 at 1."""
    return need * (1 + half) / (need + half)


def fact_scores(p, entries):
    """(P(helps), P(profile), need) of each pair. A fact on style is needed where style is, too."""
    profile = apply(entries["profile"], p.pair_heads, p.pair_language)
    style = apply(entries["style"], p.pair_heads, p.pair_language)
    return apply(entries["fact"], p.pairs, p.pair_language), profile, np.where(p.pair_category == "style", np.maximum(profile, style), profile)


def choose_half(p, entries):
    """The largest (10 is nearly the plain product) that ranks useful facts within .005 of the best, English pairs."""
    helps, _, need = fact_scores(p, entries)
    mine = p.pair_language == "en"
    found = [pr_auc((p.grade >= 1)[mine], (helps * share(need, half))[mine]) for half in HALVES]
    print("half", dict(zip(HALVES, np.round(found, 3))), flush=True)
    return next(half for half, value in zip(HALVES, found) if value >= max(found) - 0.005)


def thresholds(p, entries, half, relative=0.0):
    profile = apply(entries["profile"], p.heads, p.language)
    style = apply(entries["style"], p.heads, p.language)
    risk = np.max([apply(entries[name], p.heads) for name in STAKES], 0)
    calm = p.shipped & p.real & np.all([p.labels[name] == 0 for name in STAKES], 0)
    turns, alone = apply(entries["sessionHistory"], np.tile(p.turns[:, None], 11)), apply(entries["session"], np.tile(p.turns_alone[:, None], 11))
    analytic = apply(entries["analytic"], p.heads)
    helps, wanted, need = fact_scores(p, entries)
    vital = np.isin(p.pair_category, ["health", "diet"]) & (p.grade >= 1)
    found = {}
    for mode, rates in MODES.items():
        found[mode] = {}
        for language in LANGUAGES:
            mine = p.shipped & p.real & (p.language == language)
            # a language has few negatives: keep below the stated rate by one of them
            rate = rates["falseInjection"] if language == "en" else max(0.005, min(rates["falseInjection"], 0.05) - 1.0 / max(1, (mine & (p.labels["profile1"] == 0)).sum()))
            entry = {"profile": threshold_at_false(profile[mine & (p.labels["profile1"] == 0)], rate)}
            entry["style"] = threshold_at_false(style[mine & (p.labels["style"] == 0)], rates["falseStyle"])
            # stage one's gate applies to facts too
            idle = (p.grade == 0) & (p.pair_language == language)
            entry["fact"] = threshold_at_false(np.where(wanted >= entry["profile"], helps * share(need, half), 0)[idle], rates["falseFacts"])
            # too few pairs of a language to choose on: then as in English
            if language != "en" and (idle.sum() < 200 or entry["fact"] <= 1e-5):
                entry["fact"] = found[mode]["en"]["fact"]
            # low, for the sake of their owner, but not for an impersonal request
            clear = threshold_at_false(apply(entries["fact"], p.idle), rates["falseVital"]) if hasattr(p, "idle") else 0.0
            entry["vital"] = max(clear, float(np.quantile(helps[vital & (p.pair_language == "en")], 1 - rates["vitalRecall"])))
            entry["session"] = threshold_at_false(turns[p.turn_grade == 0], rates["falseSession"])
            entry["sessionAlone"] = threshold_at_false(alone[p.turn_grade == 0], rates["falseSession"])
            entry["stakes"] = threshold_at_false(risk[calm & (p.language == "en")], rates["falseStakes"])
            entry["analytic"] = float(np.quantile(analytic[p.shipped & p.real & (p.labels["analytic"] == 1)], 0.15))
            entry["relative"] = relative
            found[mode][language] = {k: round(v, 5) for k, v in entry.items()}
    return found


def margins(p, entries, chosen, half, near_share=0.2):
    """Half width, in logits, of the band around the threshold that holds `near_share` of the requests: there the full tier is asked."""
    mine = p.shipped & p.real & (p.language == "en")
    near = np.abs(logit(apply(entries["profile"], p.heads, p.language)[mine]) - logit(chosen["balanced"]["en"]["profile"]))
    helps, _, need = fact_scores(p, entries)
    facts = np.abs(logit(helps * share(need, half)) - logit(chosen["balanced"]["en"]["fact"]))
    return {"profile": round(float(np.quantile(near, near_share)), 4), "fact": round(float(np.quantile(facts, near_share)), 4)}
