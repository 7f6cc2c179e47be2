"""Language detection constants (models/FORMAT.md, section 8), counted on the training texts, and a twin of the page's function."""
import collections
import re
import unicodedata

import numpy as np

from constants import LANGUAGES

SCRIPTS = {"ru": [[0x0400, 0x052F]], "el": [[0x0370, 0x03FF]], "he": [[0x0590, 0x05FF]], "ar": [[0x0600, 0x06FF], [0x0750, 0x077F]],
           "hi": [[0x0900, 0x0DFF]], "th": [[0x0E00, 0x0E7F]], "ka": [[0x10A0, 0x10FF]], "hy": [[0x0530, 0x058F]], "ko": [[0x1100, 0x11FF], [0xAC00, 0xD7AF]], "ja": [[0x3040, 0x30FF]]}
LETTERS = {"de": "äöüß", "es": "ñ¿¡", "fr": "œêèàùç", "pt": "ãõâ", "pl": "łąęśżźćń", "tr": "ğışç", "sv": "å", "cs": "ěščřžů", "ro": "ășțî", "vi": "ơưđạảấầẩậắằếềểệịọỏốồổộớờởợụủứừửựỹ", "hu": "őű"}
OTHERS = {  # common words of languages that the model does not know
    "it": "il lo gli una uno che di del della dei delle nel nella sono sei siamo ho hai ha abbiamo non per con come cosa perché quando dove questo questa quello mio mia mi ti ci vorrei puoi anche molto più fare può essere stato dalla alla quali quale consigli",
    "nl": "de het een van ik je is en niet dat die voor met op zijn hoe wat waarom mijn heb hebben kan kunnen aan bij naar maar ook er wel nog geen moet wij ze hij zou graag goed welke worden wordt deze dit uit over",
    "sv": "jag det är att en ett och som på för med inte har hur vad varför min mitt mina kan vill till av om när var ska också eller du vi den detta från bra",
    "da": "jeg det er at en et og som på for med ikke har hvordan hvad hvorfor min mit mine kan vil til af om når hvor skal også eller du vi den dette fra godt",
    "pl": "i w na nie się jest to że do z jak co mam moje mój moja dla czy jestem po od ale tak być może mogę jaki jakie które który przez o za",
    "tr": "bir ve bu için ne nasıl mı mi mu ben benim var yok çok de da ile daha gibi ama en olarak olan değil hangi kadar neden nerede bana ister misin",
    "id": "yang dan di ke dari untuk dengan saya aku apa bagaimana ini itu tidak adalah bisa akan ada kamu anda pada tolong dalam atau juga sudah karena kenapa",
    "ro": "și în este nu de la cu pentru că un o ce cum mai sunt am ai are vreau poate care din pe sau dar fi să îmi mi",
    "cs": "a v je se na že to jak co s z pro ne mám jsem do o ale by k může proč kde který jaký můj moje si",
    "vi": "tôi là của và có không cho một những được trong với này đó làm thế nào gì sao bạn người khi",
    "hu": "a az egy és nem hogy van ez mi mit hogyan miért de is én nekem kell lehet vagy meg már csak ha",
    "fi": "on ja ei se että minä mitä miten miksi kun voi olen mutta tai kuin joka minun mikä kuinka ovat"}
WORD = re.compile(r"[^\W\d_]+")


def words_of(text):
    found = WORD.findall(text.lower())
    return found[:200] + found[200:][-200:]


def learn(texts):
    """texts: {language: [text]} -> the object of gate.json. A word's weight is the log of how much more often its language uses it."""
    share = {}
    for language, rows in texts.items():
        counts = collections.Counter(w for row in rows for w in set(words_of(row)))
        share[language] = {w: n / len(rows) for w, n in counts.items() if n >= max(2, 0.004 * len(rows))}
    words = {}
    latin = [language for language in LANGUAGES if language != "zh"]
    for language in latin:
        scored = {}
        for word, p in share[language].items():
            rival = max(share[other].get(word, 0.0) for other in latin if other != language)
            weight = min(2.0, float(np.log((p + 0.002) / (rival + 0.002))))
            if weight > 0.3:
                scored[word] = (p * weight, weight)
        best = sorted(scored, key=lambda w: (-scored[w][0], w))[:220]
        words[language] = {w: round(scored[w][1], 2) for w in sorted(best)}
    for language, row in OTHERS.items():
        words[language] = {}
        for word in row.split():
            rival = max(share[other].get(word, 0.0) for other in latin)
            weight = 1.0 if rival < 0.004 else 0.4 if rival < 0.02 else 0.1
            words[language][word] = weight
    return {"known": LANGUAGES, "minimum": 0.8, "scripts": SCRIPTS, "letters": LETTERS, "words": words}


def detect(text, table):
    letters = [c for c in text if unicodedata.category(c).startswith("L")]
    if any("\u3040" <= c <= "\u30ff" for c in letters):
        return "ja"
    han = sum("\u3400" <= c <= "\u9fff" for c in letters)
    if han and han * 3 >= len(letters):
        return "zh"
    for language, ranges in table["scripts"].items():
        if letters and 2 * sum(any(a <= ord(c) <= b for a, b in ranges) for c in letters) >= len(letters):
            return language
    words = words_of(text)
    order = [x for x in table["known"] if x in table["words"]] + [x for x in table["words"] if x not in table["known"]]
    scores = {}
    for language in order:
        weights, marks = table["words"][language], table["letters"].get(language, "")
        scores[language] = sum(weights.get(w, 0.0) + (0.7 if any(c in marks for c in w) else 0.0) for w in words)
    best = max(order, key=lambda x: scores[x])
    return best if words and scores[best] >= table["minimum"] else "en"


def texts_by_language(corpus):
    found = {language: [] for language in LANGUAGES}
    for r in corpus.requests():
        if r.shipped and (r.weight >= 0.5 or r.source in ("nq_open", "query_wellformedness")):
            found[r.language].append(r.text)
    for m in corpus.messages:
        if m.source != "bipia":
            found[m.language].append(m.text)
    return found
