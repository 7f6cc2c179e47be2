"""The full tier: MiniLM with request heads, a tagger for stated facts, and the pair scorer."""
import numpy as np
import torch
from torch import nn

from constants import CLIP, CLS, HEADS, NO_CATEGORY, SEP, TOKEN_COLUMNS
from encoder import Encoder
from tokenizer import clip, context_parts


class Full(nn.Module):
    def __init__(self, weights=None, size=384):
        super().__init__()
        self.encoder = Encoder(size=size)
        if weights is not None:
            self.encoder.load_state_dict(weights)
        self.drop = nn.Dropout(0.1)
        self.heads = nn.Linear(size, len(HEADS))
        self.tokens = nn.Linear(size, TOKEN_COLUMNS)
        self.w1, self.w2 = nn.Linear(4 * size, 64), nn.Linear(64, 2)
        self.category = nn.Parameter(torch.zeros(NO_CATEGORY + 1, 64))

    def forward(self, ids, mask, types):
        x = self.encoder(ids, mask, types).float()
        m = mask[..., None].to(x.dtype)
        vector = (x * m).sum(1) / m.sum(1)
        return self.heads(self.drop(vector)), vector, self.tokens(self.drop(x))

    def pairs(self, q, f, category):
        u = torch.cat([q * f, (q - f).abs(), q, f], -1)
        return self.w2(self.drop(torch.relu(self.w1(u) + self.category[category])))


class Words:
    """Token lists of the four passes, with special tokens: (ids, types)."""

    def __init__(self, encoded):
        self.encoded = encoded

    def single(self, ids):
        return [CLS] + ids + [SEP], None

    def request(self, text):
        return self.single(clip(self.encoded.ids(text), CLIP["request"]))

    def fact(self, text):
        return self.single(clip(self.encoded.ids(text), CLIP["fact"]))

    def session(self, query, history, notes):
        first = [CLS] + clip(self.encoded.ids(query), CLIP["sessionQuery"]) + [SEP]
        second = [x for part in context_parts(history, notes, self.encoded.ids) for x in part + [SEP]]
        return first + second, len(first)

    def message(self, text):
        return self.single(self.encoded.ids(text)[:CLIP["disclosure"]])


def padded(rows, device):
    """[(ids, where type 1 begins)] -> ids, mask, types; the width is rounded up, so that few shapes occur."""
    n, t = len(rows), max(len(ids) for ids, _ in rows)
    t += -t % 8
    ids, mask, types = np.zeros((n, t), np.int64), np.zeros((n, t), np.int64), np.zeros((n, t), np.int64)
    for i, (row, split) in enumerate(rows):
        ids[i, :len(row)], mask[i, :len(row)] = row, 1
        if split is not None:
            types[i, split:len(row)] = 1
    return [torch.from_numpy(array).to(device, non_blocking=True) for array in (ids, mask, types)]


@torch.no_grad()
def run(model, rows, device, want, size=256):
    """Passes over many rows, longest first. want: 'heads' or 'vector' -> one array; 'tokens' -> (list of [t, 20], heads)."""
    model.eval()
    order = sorted(range(len(rows)), key=lambda i: -len(rows[i][0]))
    out, columns = [None] * len(rows), [None] * len(rows)
    for start in range(0, len(order), size):
        index = order[start:start + size]
        with torch.autocast(device, torch.bfloat16, enabled=device == "cuda"):
            heads, vector, tokens = model(*padded([rows[i] for i in index], device))
        heads = heads.float().cpu().numpy()
        value = heads if want == "heads" else (vector if want == "vector" else tokens).float().cpu().numpy()
        for k, i in enumerate(index):
            out[i] = value[k, 1:len(rows[i][0]) - 1].copy() if want == "tokens" else value[k]
            columns[i] = heads[k]
    if not rows:
        return ([], np.zeros((0, len(HEADS)))) if want == "tokens" else np.zeros((0, 384 if want == "vector" else len(HEADS)), np.float32)
    return (out, np.stack(columns)) if want == "tokens" else np.stack(out)
