"""Packs what a bare machine needs into one folder: half-precision start weights, tokenizer, and the training data (tar.gz).

python tools/train/carry.py --data DIR [--data DIR] --out .gpu"""
import argparse
import os
import shutil
import tarfile

import numpy as np

from encoder import encoder_folder, load_weights

SETS = ["real_prompts", "prompts", "fact_use", "languages", "nq_open", "gsm8k_test", "query_wellformedness", "meqsum", "medicationqa", "longmemeval_questions", "memorybank_en",
        "memsyco", "personamem_32k", "session_need", "canard", "mt_bench_101", "disclosure", "bipia", "synthetic_persona_chat", "clinc150", "hwu64"]


def main():
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("--data", action="append", required=True)
    p.add_argument("--out", required=True)
    options = p.parse_args()
    os.makedirs(options.out, exist_ok=True)
    if not os.path.exists(os.path.join(options.out, "half.npz")):
        source = encoder_folder()
        np.savez(os.path.join(options.out, "half.npz"), **{k: v.numpy().astype(np.float16) for k, v in load_weights(source).items()})
        shutil.copy(os.path.join(source, "tokenizer.json"), options.out)
    with tarfile.open(os.path.join(options.out, "data.tar.gz"), "w:gz") as archive:
        for number, folder in enumerate(options.data):
            for name in SETS:
                if os.path.isdir(os.path.join(folder, name)):
                    archive.add(os.path.join(folder, name), f"data{number}/{name}", filter=lambda item: None if item.name.endswith((".md", ".txt", ".csv")) else item)


if __name__ == "__main__":
    main()
