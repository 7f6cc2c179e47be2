"""BERT's tokenizer with rows for Chinese characters, the small tier's shorter list of pieces, and the clips of FORMAT.md."""
import collections
import json
import os

from tokenizers import Tokenizer, models, normalizers, pre_tokenizers

from constants import CLIP


def clip(ids, head_tail):
    head, tail = head_tail
    if len(ids) <= head + tail:
        return list(ids)
    return list(ids[:head]) + list(ids[len(ids) - tail:])


def context_parts(history, notes, encode):
    """Token lists that a session is judged by: notes, then the last three messages."""
    parts = []
    if notes:
        parts.append(clip(encode(" ; ".join(notes)), CLIP["notes"]))
    for message in history[-3:]:
        parts.append(clip(encode(message), CLIP["message"]))
    return [part for part in parts if part]


def full_tokenizer(encoder_dir, texts):
    """BERT's tokenizer; its unused rows go to the most frequent Chinese characters of `texts` that it lacks.

    Returns (tokenizer, the characters that were added as {character: row})."""
    spec = json.load(open(os.path.join(encoder_dir, "tokenizer.json"), encoding="utf-8"))
    vocab = spec["model"]["vocab"]
    counts = collections.Counter(c for text in texts for c in text if "\u4e00" <= c <= "\u9fff" and c not in vocab)
    wanted = [c for c, n in sorted(counts.items(), key=lambda item: (-item[1], item[0])) if n >= 1]
    unused = [piece for piece in sorted(vocab, key=vocab.get) if piece.startswith("[unused")]
    added = {}
    for piece, character in zip(unused, wanted):
        added[character] = vocab.pop(piece)
        vocab[character] = added[character]
    spec["model"]["vocab"] = dict(sorted(vocab.items(), key=lambda item: item[1]))
    spec["truncation"] = spec["padding"] = None
    return Tokenizer.from_str(json.dumps(spec, ensure_ascii=False)), added


def small_vocabulary(tokenizer, texts, size):
    """The pieces that occur most in `texts`, with every single character that occurs more than once."""
    counts = collections.Counter()
    for start in range(0, len(texts), 5000):
        for encoding in tokenizer.encode_batch(texts[start:start + 5000], add_special_tokens=False):
            counts.update(encoding.tokens)
    counts.pop("[UNK]", None)
    letters = [piece for piece in tokenizer.get_vocab() if len(piece.replace("##", "", 1)) == 1 and piece.isascii()]
    chosen = set(letters)
    for piece, count in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
        if len(chosen) >= size - 1:
            break
        chosen.add(piece)
    return ["[UNK]"] + sorted(chosen)


def small_tokenizer(pieces):
    tokenizer = Tokenizer(models.WordPiece({piece: i for i, piece in enumerate(pieces)}, unk_token="[UNK]", max_input_chars_per_word=100))
    tokenizer.normalizer = normalizers.BertNormalizer()
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    return tokenizer


class Encoded:
    """Token ids and offsets of texts, computed once."""

    def __init__(self, tokenizer):
        self.tokenizer = tokenizer
        self.memory = {}

    def warm(self, texts):
        missing = [text for text in dict.fromkeys(texts) if text not in self.memory]
        for start in range(0, len(missing), 5000):
            batch = missing[start:start + 5000]
            for text, encoding in zip(batch, self.tokenizer.encode_batch(batch, add_special_tokens=False)):
                self.memory[text] = (encoding.ids, encoding.offsets)

    def ids(self, text):
        if text not in self.memory:
            encoding = self.tokenizer.encode(text, add_special_tokens=False)
            self.memory[text] = (encoding.ids, encoding.offsets)
        return self.memory[text][0]

    def offsets(self, text):
        self.ids(text)
        return self.memory[text][1]
