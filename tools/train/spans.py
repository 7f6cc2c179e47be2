"""From token logits to facts, as models/FORMAT.md, section 7 says, and how found spans are scored."""
import numpy as np

DEFAULT = {"inside": 0.5, "begin": 0.5, "span": 0.5, "message": 0.5, "bridge": 1}


def soft(x):
    e = np.exp(x - x.max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True)


def is_chinese(character):
    return "\u3400" <= character <= "\u9fff"


def spans(text, tokens, offsets, p_message, rules):
    """[(category index 0..15, is correction, start, end, score)]"""
    if p_message < rules["message"] or not len(offsets):
        return []
    tokens = np.asarray(tokens, np.float32)[:len(offsets)]
    bio, kinds = soft(tokens[:, :3]), soft(tokens[:, 3:])
    inside = bio[:, 1] + bio[:, 2]
    runs = []
    for i in np.flatnonzero(inside >= rules["inside"]):
        if runs and i - runs[-1][1] - 1 <= rules["bridge"]:
            runs[-1][1] = i
        else:
            runs.append([i, i])
    found = []
    for first, last in runs:
        cuts = [first] + [i for i in range(first + 1, last + 1) if bio[i, 1] >= rules["begin"]] + [last + 1]
        for a, b in zip(cuts, cuts[1:]):
            score = float(inside[a:b].mean())
            start, end = offsets[a][0], offsets[b - 1][1]
            if score < rules["span"] or (b - a < 2 and not is_chinese(text[start:start + 1])):
                continue
            while start > 0 and text[start - 1].isalnum() and not is_chinese(text[start]) and not is_chinese(text[start - 1]):
                start -= 1
            while end < len(text) and text[end].isalnum() and not is_chinese(text[end - 1]) and not is_chinese(text[end]):
                end += 1
            piece = text[start:end].rstrip(" ,;.")
            lead = len(piece) - len(piece.lstrip(" ,;."))
            total = kinds[a:b].sum(0)
            found.append((int(total[:16].argmax()), bool(total.argmax() == 16), start + lead, start + len(piece), score))
    return found


def matched(found, gold):
    """Greedy one-to-one matches: a found span counts for a stated fact if they share at least half of the shorter one."""
    options = []
    for i, f in enumerate(found):
        for j, (_, start, end) in enumerate(gold):
            common = min(f[3], end) - max(f[2], start)
            if common >= 0.5 * min(f[3] - f[2], end - start) and common > 0:
                options.append((-common, i, j))
    used_i, used_j, pairs = set(), set(), []
    for _, i, j in sorted(options):
        if i not in used_i and j not in used_j:
            used_i.add(i)
            used_j.add(j)
            pairs.append((i, j))
    return pairs
