"""Conversations (does the last message need the earlier ones?), messages with stated facts, and texts without labels."""
from constants import LABELS, LANGUAGES
from sources import Message, Turn


def text_of(message):
    return message["content"] if isinstance(message, dict) else str(message)


def read_turns(data):
    turns = []
    for row in data.read("session_need/*.jsonl"):
        history = [text_of(m) for m in row.get("history") or []]
        opening = history[0] if history else (row.get("notes") or [row["id"]])[0]
        turns.append(Turn(row["query"], history, row.get("notes") or [], {0: 0.0, 1: 0.7, 2: 1.0}[row["session"]],
                          "session_need", f"turn:{opening[:60]}", 2.0, row["session"]))
    for row in data.read("canard/dev.jsonl"):
        if len(row["History"]) < 4:
            continue
        group = f"canard:{row['QuAC_dialog_id']}"
        if row["Question"] != row["Rewrite"]:
            turns.append(Turn(row["Question"], row["History"][2:], [], 1.0, "canard", group, 0.5))
        turns.append(Turn(row["Rewrite"], row["History"][2:], [], 0.0, "canard", group, 0.5))
    openings = []
    for row in data.read("mt_bench_101/*.jsonl"):
        group = f"mtbench101:{row['id']}"
        said = []
        for i, turn in enumerate(row["history"]):
            if i == 0:
                openings.append((turn["user"], group))
            elif row["task"] in {"AR", "SI", "CR", "FR", "SC", "SA", "CM", "IC", "CC"}:
                turns.append(Turn(turn["user"], list(said), [], 1.0 if row["task"] != "CC" else 0.9, "mt_bench_101", group, 0.4))
            elif row["task"] == "TS" and i == 1:
                turns.append(Turn(turn["user"], list(said), [], 0.1, "mt_bench_101", group, 0.3))
            said += [turn["user"], turn["bot"]]
        turns.append(Turn(row["history"][0]["user"], [], [], 0.0, "opening", group, 0.3))  # gets another conversation's history
    return turns


def read_messages(data):
    messages = []
    folders = [("disclosure/*.jsonl", "disclosure", "en")] + [(f"languages/{l}/disclosure*.jsonl", f"languages/{l}", l) for l in LANGUAGES[1:]]
    for pattern, source, language in folders:
        for row in data.read(pattern):
            facts = []
            for fact in row["facts"]:
                start = row["text"].find(fact["span"])
                if start >= 0 and fact["category"] in LABELS:
                    facts.append((LABELS.index(fact["category"]), start, start + len(fact["span"])))
            messages.append(Message(row["text"], facts, source, f"{source}:{row['id']}", language))
    for i, row in enumerate(data.read("bipia/email_*.jsonl")):
        messages.append(Message(row["context"][:600], [], "bipia", f"bipia:{i}", "en", 0.3))
    return messages


def spoken(data):
    """(turns of each speaker, persona sentences) of synthetic_persona_chat."""
    turns, personas = [], []
    for row in data.read("synthetic_persona_chat/*.jsonl"):
        for name in ("user1_personas", "user2_personas"):
            personas.append([line.strip() for line in row[name].split("\n") if line.strip()])
        lines = [line.split(": ", 1) for line in row["conversation"].split("\n") if ": " in line]
        for who in ("User 1", "User 2"):
            turns.append([line[1] for line in lines if line[0] == who and "[" not in line[1]])
    return turns, personas


def unlabelled(data):
    """Texts of requests that the small tier learns from its teacher on: (text, source)."""
    found = []
    for row in data.read("clinc150/*.jsonl"):
        found.append((row["text"], "clinc150"))
    for row in data.read("hwu64/*.jsonl"):
        found.append((row["text"], "hwu64"))
    for row in data.read("query_wellformedness/*.jsonl"):
        found.append((row["query"], "query_wellformedness"))
    for row in data.read("nq_open/dev.jsonl"):
        found.append((row["question"], "nq_open"))
    for row in data.read("gsm8k_test/*.jsonl"):
        found.append((row["question"], "gsm8k"))
    for row in data.read("meqsum/*.jsonl"):
        found += [(row["chq"], "meqsum"), (row["summary"], "meqsum")]
    for row in data.read("medicationqa/*.jsonl"):
        found.append((row["question"], "medicationqa"))
    for row in data.read("mt_bench_101/*.jsonl"):
        found += [(turn["user"], "mt_bench_101") for turn in row["history"]]
    for row in data.read("personamem_32k/*.jsonl"):
        found.append((row["user_question_or_message"], "personamem"))
    for row in data.read("memsyco/valid_memory_selection.jsonl"):
        found.append((row["question"], "memsyco"))
        found += [(m["content"], "memsyco") for m in row["dialogue"] if m["role"] == "user"]
    for row in data.read("longmemeval_questions/*.jsonl"):
        found.append((row["question"], "longmemeval"))
    for row in data.read("canard/dev.jsonl"):
        found.append((row["Rewrite"], "canard"))
    return list(dict(found).items())
