"""The small tier behind the questions of an exam (torch, in batches)."""
import numpy as np
import torch

from constants import COLUMN
from corpus import category_index


class LiteView:
    def __init__(self, model, tagger, pieces, device="cpu"):
        self.model, self.tagger, self.pieces, self.device = model.to(device).eval(), tagger.to(device).eval(), pieces, device

    @torch.no_grad()
    def vectors(self, lists):
        found = [self.model.vectors(self.pieces.batch(lists[i:i + 256], self.device)) for i in range(0, len(lists), 256)]
        return torch.cat(found) if found else torch.zeros(0)

    @torch.no_grad()
    def heads(self, texts):
        return self.model.heads(self.vectors([self.pieces.request(t) for t in texts])).cpu().numpy()

    @torch.no_grad()
    def pairs(self, cases):
        out = []
        for asked, known in cases:
            queries, facts = [self.pieces.request(t) for t in asked], [self.pieces.fact(t) for _, t in known]
            q, f = self.pieces.batch(queries, self.device), self.pieces.batch(facts, self.device)
            qi, fi = (torch.as_tensor(x.reshape(-1), device=self.device) for x in np.meshgrid(range(len(asked)), range(len(known)), indexing="ij"))
            c = torch.tensor([category_index(c) for c, _ in known], device=self.device)[fi]
            logits = self.model.pairs(self.model.vectors(q)[qi], self.model.vectors(f)[fi], self.model.overlap(q.take(qi), f.take(fi)), c)
            out.append(logits.cpu().numpy().reshape(len(asked), len(known), 2))
        return out

    @torch.no_grad()
    def sessions(self, turns):
        found = []
        for i in range(0, len(turns), 256):
            part = turns[i:i + 256]
            q = self.pieces.batch([self.pieces.request(t.query) for t in part], self.device)
            c = self.pieces.batch([self.pieces.context(t.history, t.notes) for t in part], self.device)
            found.append(self.model.session(self.model.vectors(q), self.model.vectors(c), self.model.overlap(q, c)).cpu().numpy())
        return np.concatenate(found)

    @torch.no_grad()
    def tagged(self, texts):
        tokens, messages, offsets = [], [], []
        for text in texts:
            ids = self.pieces.encoded.ids(text)[:126] or [0]
            out, message = self.tagger(torch.tensor([ids], device=self.device), torch.ones(1, len(ids), device=self.device))
            tokens.append(out[0].cpu().numpy())
            messages.append(float(message))
            offsets.append(self.pieces.encoded.offsets(text)[:126])
        return tokens, np.array(messages), offsets


__all__ = ["LiteView", "COLUMN"]
