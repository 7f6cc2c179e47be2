"""Writes and reads the container of models/FORMAT.md, section 1."""
import json
import struct

import numpy as np


def four_bits(w):
    """(exponents, packed nibbles) of a matrix; the inverse is in `read`."""
    w = np.asarray(w, np.float32)
    top = np.maximum(np.abs(w).max(1), 1e-6)
    exponent = np.clip(np.ceil(8 * np.log2(top / 7.5)), -160, 95).astype(np.int64)
    scale = np.exp2(exponent / 8)[:, None]
    nibbles = (np.clip(np.round(w / scale), -8, 7) + 8).astype(np.uint8)
    if nibbles.shape[1] % 2:
        nibbles = np.pad(nibbles, ((0, 0), (0, 1)))
    return (exponent + 160).astype(np.uint8), nibbles[:, 0::2] | (nibbles[:, 1::2] << 4)


def pad(blob):
    return blob + b"\0" * (-len(blob) % 8)


def blob_of(kind, array):
    if kind == "text":
        data = array.encode("utf-8")
        return [len(data)], data
    array = np.asarray(array, np.float32)
    if kind == "f32":
        return list(array.shape), array.tobytes()
    if kind == "i8":
        scale = np.maximum(np.abs(array).max(1), 1e-8) / 127
        return list(array.shape), scale.astype(np.float32).tobytes() + np.round(array / scale[:, None]).clip(-127, 127).astype(np.int8).tobytes()
    exponents, nibbles = four_bits(array)
    return list(array.shape), pad(exponents.tobytes()) + nibbles.tobytes()


def write(path, kind, version, config, tensors):
    """tensors: [(name, type, array or text)]"""
    entries, body = [], b""
    for name, how, array in tensors:
        shape, blob = blob_of(how, array)
        entries.append({"name": name, "type": how, "shape": shape, "offset": len(body)})
        body += pad(blob)
    head = json.dumps({"kind": kind, "version": version, "config": config, "tensors": entries}, ensure_ascii=False).encode("utf-8")
    head += b" " * (-(8 + len(head)) % 8)
    with open(path, "wb") as out:
        out.write(b"EWM1" + struct.pack("<I", len(head)) + head + body)


def read(path):
    """(header, {name: float32 array or text}) with the values as the page will see them."""
    data = open(path, "rb").read()
    assert data[:4] == b"EWM1", path
    length = struct.unpack("<I", data[4:8])[0]
    header = json.loads(data[8:8 + length])
    found = {}
    for entry in header["tensors"]:
        at, shape = 8 + length + entry["offset"], entry["shape"]
        if entry["type"] == "text":
            found[entry["name"]] = data[at:at + shape[0]].decode("utf-8")
        elif entry["type"] == "f32":
            found[entry["name"]] = np.frombuffer(data, np.float32, int(np.prod(shape)), at).reshape(shape)
        elif entry["type"] == "i8":
            scale = np.frombuffer(data, np.float32, shape[0], at)
            values = np.frombuffer(data, np.int8, shape[0] * shape[1], at + 4 * shape[0]).reshape(shape)
            found[entry["name"]] = values * scale[:, None]
        else:
            r, c = shape
            exponents = np.frombuffer(data, np.uint8, r, at).astype(np.float32)
            at += r + (-r % 8)
            packed = np.frombuffer(data, np.uint8, r * ((c + 1) // 2), at).reshape(r, -1)
            values = np.stack([packed & 15, packed >> 4], 2).reshape(r, -1)[:, :c].astype(np.float32) - 8
            found[entry["name"]] = values * np.exp2((exponents - 160) / 8)[:, None].astype(np.float32)
    return header, found
