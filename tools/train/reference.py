"""Reference outputs for the page's tests: about 40 texts and 40 pairs (models/FORMAT.md, section 11)."""
import numpy as np

from constants import CLIP, HEADS
from corpus import category_index
from tokenizer import clip, context_parts

TEXTS = [
    "", "hi", "What is the capital of France?", "what should i eat tonight", "Recommend three restaurants for my anniversary dinner.", "heartburn after dinner, what can I take?",
    "I've been vegan for six years and my sister just moved to Lisbon. Anyway, who painted the Night Watch?", "Write a function `def fib(n):` that returns the n-th Fibonacci number.",
    "```js\nconst a = [1,2,3].map(x => x*2)\nconsole.log(a)\n```\nwhy is this undefined?", "🙂🙂🙂", "can you help me plan my weekend? 🏖️ I hate crowds", "👨‍👩‍👧 family movie ideas", "我想减肥，晚上吃什么好？",
    "请把下面这句话翻译成英文：今天天气很好。", "我媽對花生過敏，推薦幾個零食", "wohin im juli, 10 tage, hund kommt mit, bahn wär gut", "Wie hoch ist der Mont Blanc?", "¿Qué regalo le compro a mi madre por su cumpleaños?",
    "¿Cuál es la capital de Australia?", "Quel vélo choisir pour aller au travail tous les jours ?", "Que filme devo ver hoje à noite?", "Quanto é 12% de 340?", "Which should I choose, a Roth IRA or a traditional one?",
    "My landlord wants to evict me next week. What are my rights?", "I took twice my dose of warfarin by mistake", "Я живу в Москве, что посоветуешь?", "שלום, מה קורה?", "مرحبا كيف حالك", "東京でおすすめのラーメン屋は？",
    "ALL CAPS PLEASE: WHAT TIME IS IT IN TOKYO???", "naïve café résumé coöperate", "a\tb\nc\r\nd\u00a0e\u200bf", "https://example.com/a?b=c&d=e#f what does this return", "x" * 120 + " is one very long word", "3.5 + 4.25 = ?",
    "I'm allergic to shellfish and I'm moving to Porto in May; where can I eat near the river? I want something cheap.", "and the second one?", "make it shorter", "Summarise:\n" + "The quick brown fox jumps over the lazy dog. " * 40,
    "I work nights as a nurse, have two kids and I prefer short answers without lists. How do I sleep better?"]
HISTORIES = {36: (["Name two rivers in France.", "The Seine and the Loire."], []), 37: (["write a birthday toast for my boss", "To the one who keeps us all in line..."], ["opened: toast.docx"]),
             2: (["tell me about Paris", "Paris is the capital of France."], []), 15: (["Wir planen Urlaub.", "Gern! Wann?"], ["viewed: Ostsee, 10 Tage"])}


def cases(corpus):
    """Four facts for each of ten queries, of ten users."""
    found = []
    for user in corpus.users[::max(1, len(corpus.users) // 10)][:10]:
        query = user.queries[0][0]
        found += [(query, category, text) for category, text in user.facts[:4]]
    return found


def numbers(values, digits=4):
    return None if values is None else [None if v is None else round(float(v), digits) for v in np.ravel(values)]


def blank(heads, *columns):
    return [None if i in columns else v for i, v in enumerate(heads)]


def reference(corpus, lite, tagger, pieces, detect, full=None, words=None):
    """`full`: {'float': f, 'int8': f} with f.request(ids row) -> (heads, vector, tokens); left out in a lite-only build."""
    texts, pairs = [], []
    for i, text in enumerate(TEXTS):
        ids = clip(pieces.encoded.ids(text), CLIP["request"])
        tokens, message = tagger.window(pieces.encoded.ids(text)[:CLIP["disclosure"]])
        heads = list(lite.heads(lite.encode(ids)))
        history, notes = HISTORIES.get(i, ([], []))
        heads[8] = lite.session(ids, [x for part in context_parts(history, notes, pieces.encoded.ids) for x in part]) if i in HISTORIES else None
        heads[10] = message
        item = {"text": text, "ids": {"lite": ids}, "language": detect(text), "lite": {"heads": numbers(heads), "tokens0": numbers(tokens[0])}}
        if i in HISTORIES:
            item["history"], item["notes"] = [{"role": "user" if k % 2 == 0 else "assistant", "content": m} for k, m in enumerate(history)], notes
        if full:
            item["ids"]["full"] = clip(words.encoded.ids(text), CLIP["request"])
            item["full"] = {}
            for kind, model in full.items():
                heads, vector, _ = model(words.request(text))
                item["full"][kind] = numbers(blank(heads, 8, 10))
                item["full"].setdefault("vector", numbers(vector[:8]))
                item["full"].setdefault("message", {})[kind] = round(float(model(words.message(text))[0][10]), 4)
                if i in HISTORIES:
                    item["full"].setdefault("session", {})[kind] = round(float(model(words.session(text, history, notes))[0][8]), 4)
        texts.append(item)
    for query, category, fact in cases(corpus):
        c = category_index(category)
        item = {"query": query, "fact": fact, "category": category,
                "lite": numbers(lite.pair(clip(pieces.encoded.ids(query), CLIP["request"]), clip(pieces.encoded.ids(fact), CLIP["fact"]), c))}
        if full:
            item["full"] = {kind: numbers(model.pair(model(words.request(query))[1], model(words.fact(fact))[1], c)) for kind, model in full.items()}
        pairs.append(item)
    return {"heads": HEADS, "texts": texts, "pairs": pairs}
