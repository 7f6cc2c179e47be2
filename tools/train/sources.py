"""Reads the training data into plain records. Each row keeps its source, so that licences can be listed and rows left out."""
import glob
import json
import os
from dataclasses import dataclass, field

from constants import ANALYTIC_KINDS, LANGUAGES

NOT_SHIPPED = {"tatsu-lab/alpaca_eval", "fangyuan/kiwi"}  # non-commercial, or of unclear licence: measured with, never trained on


@dataclass
class Request:
    text: str
    source: str
    group: str
    language: str = "en"
    weight: float = 1.0
    labels: dict = field(default_factory=dict)  # head name -> 0 / 1; what is absent is unknown
    shipped: bool = True
    real: bool = False


@dataclass
class User:
    group: str
    source: str
    language: str
    facts: list  # (category, text)
    queries: list  # (text, {fact index: 0|1|2}, set of trap indexes)
    weight: float = 1.0


@dataclass
class Turn:
    query: str
    history: list  # texts, oldest first
    notes: list
    label: float
    source: str
    group: str
    weight: float = 1.0
    grade: int = -1


@dataclass
class Message:
    text: str
    facts: list  # (category, start, end)
    source: str
    group: str
    language: str = "en"
    weight: float = 1.0


def rows(*paths):
    for path in paths:
        if path.endswith(".jsonl") and os.path.exists(path):
            with open(path, encoding="utf-8") as lines:
                for number, line in enumerate(lines):
                    if line.strip():
                        try:
                            yield json.loads(line)
                        except json.JSONDecodeError:
                            print(f"skipped {path}:{number + 1}: not JSON")


class Data:
    """The folders to read from. A file that lies in several under the same relative name is read once, from the first."""

    def __init__(self, folders):
        self.folders = folders

    def read(self, pattern):
        seen = set()
        for folder in self.folders:
            for path in sorted(glob.glob(os.path.join(folder, pattern))):
                name = os.path.relpath(path, folder)
                if name not in seen:
                    seen.add(name)
                    yield from rows(path)


def judged(row, source, language, **more):
    """A row with profile, style, session, stakes, kind -> Request."""
    stakes = row.get("stakes", "none")
    labels = {"profile1": int(row["profile"] >= 1), "profile2": int(row["profile"] == 2), "style": int(row.get("style", 0) >= 1)}
    labels["session"] = int(row.get("session", 0) >= 1)
    labels.update({name: int(stakes == name) for name in ("medical", "legal", "financial", "safety")})
    if row.get("kind"):
        labels["analytic"] = int(row["kind"] in ANALYTIC_KINDS)
    return Request(row["query"], source, f"{source}:{row.get('group') or row['id']}", language, labels=labels, **more)


def read_judged(data):
    found = []
    for row in data.read("real_prompts/*.jsonl"):
        found.append(judged(row, row["source"], "en", shipped=row["source"] not in NOT_SHIPPED, real=True))
    for row in data.read("prompts/*.jsonl"):
        found.append(judged(row, "prompts", row.get("language", "en")))
    for language in LANGUAGES[1:]:
        for row in data.read(f"languages/{language}/prompts*.jsonl"):
            found.append(judged(row, f"languages/{language}", language, real=True))
    return found


def read_users(data):
    users = []
    folders = [("fact_use", "en")] + [(f"languages/{language}", language) for language in LANGUAGES[1:]]
    for folder, language in folders:
        for row in data.read(f"{folder}/{'*' if folder == 'fact_use' else 'users*'}.jsonl"):
            index = {fact["id"]: i for i, fact in enumerate(row["facts"])}
            queries = []
            for query in row["queries"]:
                use = {index[k]: int(v) for k, v in query.get("use", {}).items() if k in index and v}
                queries.append((query["q"], use, {index[k] for k in query.get("trap", []) if k in index} - set(use)))
            users.append(User(f"user:{folder}:{row['user']}", folder, language, [(f.get("category"), f["text"]) for f in row["facts"]], queries))
    return users


def requests_of_users(users):
    """A query that any fact other than style helps needs its user; a style fact in use means that style matters."""
    found = []
    for user in users:
        styles = {i for i, (category, _) in enumerate(user.facts) if category == "style"}
        for text, use, _ in user.queries:
            best = max([grade for i, grade in use.items() if i not in styles], default=0)
            labels = {"profile1": int(best >= 1), "profile2": int(best == 2)}
            if styles:
                labels["style"] = int(any(i in styles for i in use))
            found.append(Request(text, user.source, user.group, user.language, 0.5, labels))
    return found


def read_other_requests(data):
    found = []

    def add(text, source, weight, group=None, **labels):
        found.append(Request(text, source, group or f"{source}:{len(found)}", "en", weight, labels))

    calm = {"medical": 0, "legal": 0, "financial": 0, "safety": 0}
    for row in data.read("nq_open/dev.jsonl"):
        add(row["question"], "nq_open", 0.2, profile1=0, profile2=0, style=0, session=0, analytic=1, **calm)
    for row in data.read("gsm8k_test/*.jsonl"):
        add(row["question"], "gsm8k", 0.15, profile1=0, profile2=0, style=0, session=0, analytic=1, **calm)
    for row in data.read("query_wellformedness/*.jsonl"):
        if float(row["wellformed"]) >= 0.8:
            add(row["query"], "query_wellformedness", 0.1, profile2=0, session=0)
    for row in data.read("meqsum/*.jsonl"):
        add(row["chq"], "meqsum", 0.4, medical=1, legal=0, session=0)
        add(row["summary"], "meqsum", 0.2, medical=1, legal=0, financial=0, session=0)
    for row in data.read("medicationqa/*.jsonl"):
        add(row["question"], "medicationqa", 0.4, medical=1, legal=0, financial=0, session=0, style=1)
    for row in data.read("longmemeval_questions/*.jsonl"):
        add(row["question"], "longmemeval", 0.3, profile1=1, medical=0, legal=0, financial=0)
    for names in data.read("memorybank_en/probing*.jsonl"):
        for person, questions in names.items():
            for question in questions:
                add(question, "memorybank", 0.3, f"memorybank:{person}", profile1=1)
    for row in data.read("memsyco/valid_memory_selection.jsonl"):
        add(row["question"], "memsyco", 0.3, f"memsyco:{row['metadata'].get('source_id')}", profile1=1, profile2=1)
    asking = {"suggest_new_ideas", "provide_preference_aligned_recommendations", "generalizing_to_new_scenarios"}
    for row in data.read("personamem_32k/*.jsonl"):
        if row["question_type"] in asking:
            add(row["user_question_or_message"], "personamem", 0.3, f"personamem:{row['persona_id']}", profile1=1, profile2=1)
    return found
