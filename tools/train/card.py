"""Prints the model card's tables: rows per source, file sizes and hashes, cross-validation figures. python tools/train/card.py WORK MODELS"""
import collections
import json
import os
import pickle
import sys

LICENCES = {"lmsys/chatbot_arena_conversations": "CC BY 4.0 (prompts)", "cmalaviya/expertqa": "MIT", "lmsys/mt_bench_human_judgments": "CC BY 4.0", "prompts": "written for this project",
            "fact_use": "written for this project", "session_need": "written for this project", "disclosure": "written for this project", "nq_open": "CC BY-SA 3.0", "gsm8k": "MIT",
            "query_wellformedness": "CC BY-SA 4.0", "meqsum": "CC BY 4.0", "medicationqa": "CC BY 4.0", "longmemeval": "MIT", "memorybank": "MIT", "memsyco": "MIT", "personamem": "MIT",
            "canard": "CC BY-SA 4.0", "mt_bench_101": "Apache-2.0", "opening": "Apache-2.0 (mt_bench_101)", "bipia": "MIT", "synthetic_persona_chat": "CC BY 4.0", "clinc150": "CC BY 3.0", "hwu64": "CC BY 4.0"}


def licence(source):
    return "written for this project" if source.startswith("languages/") else LICENCES.get(source, "?")


def main():
    work, models = sys.argv[1:3]
    sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
    corpus = pickle.load(open(os.path.join(work, "corpus.pkl"), "rb"))
    rows = collections.defaultdict(collections.Counter)
    for r in corpus.judged + corpus.other:
        rows[r.source]["requests" if r.shipped else "left out"] += 1
    for u in corpus.users:
        rows[u.source]["users"] += 1
        rows[u.source]["pairs"] += len(u.facts) * len(u.queries)
    for t in corpus.turns:
        rows[t.source]["conversations"] += 1
    for m in corpus.messages:
        rows[m.source]["messages"] += 1
    for _, source in corpus.free:
        rows[source]["unlabelled"] += 1
    rows["synthetic_persona_chat"]["speakers"] = len(corpus.talk)
    print("| source | licence | rows |\n|---|---|---|")
    for source in sorted(rows):
        left = "left out" in rows[source]
        print(f"| {source} | {'not used (non-commercial or unclear): measured with only' if left else licence(source)} | {', '.join(f'{n:,} {k}' for k, n in rows[source].items())} |")
    gate = json.load(open(os.path.join(models, "gate.json"), encoding="utf-8"))
    print("\n| file | bytes | sha256 |\n|---|---|---|")
    for name, entry in gate["files"].items():
        print(f"| {name} | {entry['bytes']:,} | `{entry['sha256']}` |")
    figures = json.load(open(os.path.join(models, "cross-validation.json"), encoding="utf-8"))
    show = lambda v: "" if v is None else f"{v[0]:.3f} ({v[1]:.2f}-{v[2]:.2f})" if isinstance(v, list) and len(v) == 3 and v[1] <= v[0] <= v[2] else str(v)
    print("\n| figure (out of fold) | lite | full |\n|---|---|---|")
    for name in figures["full"]:
        print(f"| {name} | {show(figures['lite'].get(name))} | {show(figures['full'][name])} |")


if __name__ == "__main__":
    main()
