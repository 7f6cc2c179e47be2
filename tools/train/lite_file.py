"""lite.bin and disclosure.bin: which tensor goes where, and a numpy twin of the page's arithmetic that checks them."""
import numpy as np

import pack
from constants import NO_CATEGORY
from lite import last_sentence

ENDS = [".", "!", "?", "。", "！", "？", ";", "；", "…"]
QUESTIONS = ["?", "？"]


def ids_of(pieces, wanted):
    index = {piece: i for i, piece in enumerate(pieces)}
    return [index[piece] for piece in wanted if piece in index]


def array(tensor):
    return tensor.detach().float().cpu().numpy()


def linear(name, layer, bias=None):
    return [(name, "i8", array(layer.weight)), (bias or name + "Bias", "f32", array(layer.bias))]


def save_lite(path, model, pieces, version):
    conv = array(model.conv.weight)  # [f, d, 3]
    config = {**model.sizes, "ends": ids_of(pieces, ENDS), "question": ids_of(pieces, QUESTIONS)}
    tensors = [("vocab", "text", "\n".join(pieces)), ("embed", "i4", array(model.embed)), ("weight", "i8", array(model.weight))]
    if model.sizes["bigrams"]:
        tensors.append(("bigram", "i4", array(model.bigram)))
    tensors += [(f"conv{k}", "i8", conv[:, :, k]) for k in range(3)] + [("convBias", "f32", array(model.conv.bias))]
    tensors += linear("hidden", model.hidden) + linear("out", model.out) + linear("query", model.query) + linear("fact", model.fact)
    tensors += linear("pairHidden", model.pair_hidden, "pairBias") + linear("pairOut", model.pair_out) + [("category", "f32", array(model.category))]
    tensors += linear("sessionQuery", model.session_query) + linear("sessionContext", model.session_context)
    tensors += linear("sessionHidden", model.session_hidden, "sessionBias") + linear("sessionOut", model.session_out)
    pack.write(path, "lite", version, config, tensors)


def save_disclosure(path, model, version):
    tensors = [("embed", "i4", array(model.embed))]
    for name, layer, bias in (("first", model.first, "bias1"), ("second", model.second, "bias2")):
        weight = array(layer.weight)
        tensors += [(f"{name}{k}", "i8", weight[:, :, k]) for k in range(5)] + [(bias, "f32", array(layer.bias))]
    tensors += [("out", "i8", array(model.out.weight)), ("outMessage", "i8", array(model.out_message.weight)), ("outBias", "f32", array(model.out.bias))]
    tensors += linear("discloses", model.discloses)
    pack.write(path, "disclosure", version, model.sizes, tensors)


class LiteFile:
    """Reads lite.bin and computes as the page does, one text at a time."""

    def __init__(self, path):
        self.header, self.t = pack.read(path)
        self.config = self.header["config"]
        self.pieces = self.t["vocab"].split("\n")

    def layer(self, name, x, bias=None):
        return self.t[name] @ x + self.t[bias or name + "Bias"]

    def encode(self, ids):
        ids, t = np.array(list(ids) or [0]), self.t
        x = t["embed"][ids].copy()
        if self.config["bigrams"]:
            a, b = ids[:-1].astype(np.uint64), ids[1:].astype(np.uint64)
            h = (a * np.uint64(0x9E3779B1) + b * np.uint64(0x85EBCA77)) & np.uint64(0xFFFFFFFF)
            x[1:] += t["bigram"][((h ^ (h >> np.uint64(15))) % np.uint64(self.config["bigrams"])).astype(np.int64)]
        zero = np.zeros((1, x.shape[1]), np.float32)
        c = np.tanh(np.vstack([zero, x[:-1]]) @ t["conv0"].T + x @ t["conv1"].T + np.vstack([x[1:], zero]) @ t["conv2"].T + t["convBias"])
        g = np.exp(t["weight"][0][ids])[:, None]
        last, n = last_sentence([i in self.config["ends"] for i in ids]), len(ids)
        asks = float(any(i in self.config["question"] for i in ids[last:]))
        extra = [np.log1p(n) / 5, np.log1p(n - last) / 5, asks, float(last > 0)]
        return np.concatenate([(g * x).sum(0) / g.sum(), c.mean(0), c.max(0), c[last:].mean(0), c[last:].max(0), extra])

    def heads(self, z):
        return self.layer("out", np.tanh(self.layer("hidden", z)))

    def overlap(self, a, b):
        weigh = lambda ids: sum(np.exp(self.t["weight"][0][i]) for i in ids)
        a, b = set(a) - {0}, set(b) - {0}
        return weigh(a & b) / max(1e-6, weigh(b))

    def joined(self, a, b, ids_a, ids_b):
        return np.concatenate([a * b, np.abs(a - b), a, b, [self.overlap(ids_a, ids_b), self.overlap(ids_b, ids_a)]])

    def pair(self, q_ids, f_ids, category=NO_CATEGORY):
        q = np.tanh(self.layer("query", self.encode(q_ids)))
        f = np.tanh(self.layer("fact", self.encode(f_ids)))
        h = np.maximum(0, self.layer("pairHidden", self.joined(q, f, q_ids, f_ids), "pairBias") + self.t["category"][category])
        return self.layer("pairOut", h)

    def session(self, q_ids, context_ids):
        a = np.tanh(self.layer("sessionQuery", self.encode(q_ids)))
        b = np.tanh(self.layer("sessionContext", self.encode(context_ids)))
        return self.layer("sessionOut", np.maximum(0, self.layer("sessionHidden", self.joined(a, b, q_ids, context_ids), "sessionBias")))[0]


class DisclosureFile:
    def __init__(self, path):
        self.header, self.t = pack.read(path)

    def conv(self, name, x, bias):
        padded = np.pad(x, ((2, 2), (0, 0)))
        return np.maximum(0, self.t[bias] + sum(padded[k:k + len(x)] @ self.t[f"{name}{k}"].T for k in range(5)))

    def window(self, ids):
        """([n, 20] token logits, message logit)"""
        b = self.conv("second", self.conv("first", self.t["embed"][np.array(list(ids) or [0])], "bias1"), "bias2")
        m = b.max(0)
        return b @ self.t["out"].T + self.t["outMessage"] @ m + self.t["outBias"], (self.t["discloses"] @ m + self.t["disclosesBias"])[0]
