"""The figures of the issue's table, on out-of-fold answers."""
import numpy as np

from calibrate import STAKES, apply, fact_scores, share
from constants import COLUMN, LANGUAGES
from metrics import calibration_error, false_at_recall, interval, pr_auc, recall_at_false, roc_auc
from spans import DEFAULT, matched, spans


def request_figures(p, entries):
    profile, style = apply(entries["profile"], p.heads, p.language), apply(entries["style"], p.heads, p.language)
    y, out = p.labels["profile1"], {}
    english = p.real & (p.language == "en")
    out["needs its user, PR-AUC"] = interval(pr_auc, y[english], profile[english])
    out["needs its user, ROC"] = interval(roc_auc, y[english], profile[english])
    out["false injection at 80% recall"] = interval(false_at_recall, y[english], profile[english])
    out["recall at 5% false"] = interval(recall_at_false, y[english], profile[english])
    out["style, PR-AUC"] = interval(pr_auc, p.labels["style"][english], style[english])
    away = english & ~p.shipped
    if y[away].any():
        out["needs its user, PR-AUC (rows never trained on)"] = interval(pr_auc, y[away], profile[away])
        out["false injection at 80% recall (rows never trained on)"] = interval(false_at_recall, y[away], profile[away])
    out["profile, calibration error"] = round(calibration_error(profile[english], y[english]), 4)
    risk = np.max([apply(entries[name], p.heads) for name in STAKES], 0)
    high = np.any([p.labels[name] == 1 for name in STAKES], 0)
    keep = (p.language == "en") & (high | p.real)
    out["high stakes found at 5% false"] = interval(lambda a, b: recall_at_false(a, b), high[keep], risk[keep])
    for language in LANGUAGES[1:]:
        mine = p.real & (p.language == language)
        if mine.any():
            out[f"{language}: needs its user, PR-AUC"] = interval(pr_auc, y[mine], profile[mine])
            out[f"{language}: recall at 5% false"] = interval(recall_at_false, y[mine], profile[mine])
    return out


def decision_figures(p, entries, chosen, half):
    profile, out = apply(entries["profile"], p.heads, p.language), {}
    for mode in chosen:
        t = chosen[mode]["en"]
        need = lambda heads: apply(entries["profile"], heads)
        out[f"{mode}: impersonal question after a preamble, profile attached"] = round(float((need(p.preambled) >= t["profile"]).mean()), 4)
        out[f"{mode}: factoid, profile attached"] = round(float((need(p.factoids) >= t["profile"]).mean()), 4)
        helps, wanted = apply(entries["fact"], p.strangers.reshape(-1, 2)).reshape(-1, 12), need(p.stranger_heads)
        score = helps * share(wanted, half)[:, None]
        fits = (score >= t["fact"]) & (score >= t["relative"] * score.max(1, keepdims=True)) & (wanted >= t["profile"])[:, None]
        out[f"{mode}: own preference attached / eleven others'"] = [round(float(fits[:, 0].mean()), 4), round(float(fits[:, 1:].mean()), 4), len(fits)]
        for language in LANGUAGES:
            mine = p.real & p.shipped & (p.language == language)
            fires = profile[mine] >= chosen[mode][language]["profile"]
            y = p.labels["profile1"][mine] == 1
            if y.any():
                out[f"{mode}: {language} recall / false"] = [round(float(fires[y].mean()), 4), round(float(fires[~y].mean()), 4)]
        helps, asked, pair_need = fact_scores(p, entries)
        english = p.pair_language == "en"
        s = helps * share(pair_need, half)
        fine = (asked >= t["profile"]) & (s >= t["fact"])
        best = np.zeros(p.pair_query.max() + 1)
        np.maximum.at(best, p.pair_query, s)
        fine &= s >= t["relative"] * best[p.pair_query]
        useful = (p.grade >= 1) & english
        out[f"{mode}: facts attached, precision / recall (needed) / recall (useful) / traps"] = [round(float(x), 4) for x in (
            useful[fine & english].mean(), fine[(p.grade == 2) & english].mean(), fine[useful].mean(), fine[p.trap & english].mean())]
    return out


def pair_figures(p, entries, half):
    helps, _, need = fact_scores(p, entries)
    english, out = p.pair_language == "en", {}
    useful, group = p.grade >= 1, p.pair_group
    for name, score in (("", helps), (" (x need)", helps * share(need, half))):
        out["fact helps, PR-AUC useful >= 1" + name] = interval(pr_auc, useful[english], score[english], rounds=20, groups=group[english])
        out["fact needed, PR-AUC = 2" + name] = interval(pr_auc, (p.grade == 2)[english], score[english], rounds=20, groups=group[english])
        kept = english & (useful | p.trap)
        out["traps kept at 80% recall" + name] = interval(false_at_recall, useful[kept], score[kept], rounds=20, groups=group[kept])
        foreign = ~english
        if foreign.any():
            out["other languages: fact helps, PR-AUC" + name] = interval(pr_auc, useful[foreign], score[foreign], rounds=20, groups=group[foreign])
    out["fact, calibration error"] = round(calibration_error(helps[english], useful[english]), 4)
    return out


def session_figures(p):
    keep = p.turn_grade != 1
    y = p.turn_grade[keep] == 2
    return {"last message needs the earlier ones, ROC, history given": interval(roc_auc, y, p.turns[keep], groups=p.turn_group[keep]),
            "the same, request alone": interval(roc_auc, y, p.turns_alone[keep], groups=p.turn_group[keep])}


def disclosure_counts(p, entries, rules, keep=None):
    """Rows of (found, stated, matched, category right, empty and left alone, empty) a message."""
    q = apply(entries["discloses"], np.tile(p.message_logit[:, None], len(COLUMN)))
    rows = []
    for i, message in enumerate(p.message_texts):
        if keep is not None and not keep[i]:
            continue
        found = spans(message.text, p.tokens[i], p.offsets[i], q[i], {**DEFAULT, **rules})
        pairs = matched(found, message.facts)
        right = sum(found[a][0] == message.facts[b][0] or (message.facts[b][0] == 16 and found[a][1]) for a, b in pairs)
        rows.append((len(found), len(message.facts), len(pairs), right, int(not message.facts and not found), int(not message.facts)))
    return np.array(rows)


def disclosure_rates(rows):
    found, stated, hit, right, quiet, empty = rows.sum(0)
    return {"precision": round(hit / max(1, found), 4), "recall": round(hit / max(1, stated), 4), "left alone": round(quiet / max(1, empty), 4), "category right": round(right / max(1, hit), 4)}


def disclosure_rules(p, entries, alone):
    """The rules with the best F1 among those that leave `alone` of the empty messages alone, in English."""
    keep = np.array([m.language == "en" for m in p.message_texts])
    best = None
    for inside in (0.3, 0.4):
        for span in (0.4, 0.5, 0.6, 0.7):
            for message in (0.3, 0.4, 0.5, 0.6, 0.7):
                rules = {"inside": inside, "begin": 0.5, "span": span, "message": message, "bridge": 1}
                rates = disclosure_rates(disclosure_counts(p, entries, rules, keep))
                f1 = 2 * rates["precision"] * rates["recall"] / max(1e-9, rates["precision"] + rates["recall"])
                key = (rates["left alone"] >= alone, f1 if rates["left alone"] >= alone else rates["left alone"])
                if best is None or key > best[0]:
                    best = (key, rules, rates)
    return best[1], best[2]
