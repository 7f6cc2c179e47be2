"""Writes gate.json: thresholds, calibration, clips, languages, versions and hashes (models/FORMAT.md, section 10)."""
import hashlib
import json
import os

from calibrate import MODES
from constants import CATEGORIES, CLIP, HEADS

FILES = ["lite.bin", "disclosure.bin", "full/onnx/model_quantized.onnx", "full/pair.bin", "full/tokenizer.json"]


def digest(path):
    data = open(path, "rb").read()
    return {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}


def write_gate(out, version, language, tiers):
    files = {name: digest(os.path.join(out, name)) for name in FILES if os.path.exists(os.path.join(out, name))}
    gate = {"version": version, "heads": HEADS, "categories": CATEGORIES, "clip": CLIP, "modes": MODES, "language": language, "files": files, "tiers": tiers}
    with open(os.path.join(out, "gate.json"), "w", encoding="utf-8") as target:
        json.dump(gate, target, ensure_ascii=False, separators=(",", ":"))


def tier(version, entries, thresholds, margin, half, disclosure, cv):
    return {"version": version, "calibration": entries, "thresholds": thresholds, "margin": margin, "half": half, "disclosure": disclosure, "crossValidation": cv}
