"""The full tier's files: ONNX (float for checking, int8 to ship), tokenizer, and the pair scorer's weights."""
import json
import os

import numpy as np
import torch

import pack
from full import Full, padded
from lite_file import array

CONFIG = {"architectures": ["BertModel"], "model_type": "bert", "hidden_size": 384, "num_hidden_layers": 6, "num_attention_heads": 12, "intermediate_size": 1536,
          "hidden_act": "gelu", "max_position_embeddings": 512, "type_vocab_size": 2, "vocab_size": 30522, "layer_norm_eps": 1e-12, "pad_token_id": 0}
TOKENIZER = {"tokenizer_class": "BertTokenizer", "do_lower_case": True, "strip_accents": None, "tokenize_chinese_chars": True, "model_max_length": 512,
             "unk_token": "[UNK]", "sep_token": "[SEP]", "pad_token": "[PAD]", "cls_token": "[CLS]", "mask_token": "[MASK]"}


def load_student(path):
    model = Full()
    model.load_state_dict({k: v.float() for k, v in torch.load(path, map_location="cpu").items()})
    return model.eval()


# Their inputs have outliers that eight bits cannot hold: with these two the mean error of a logit falls from 5% to 3.5%.
HALF_PRECISION = ["/encoder/layers.0/down/MatMul", "/encoder/layers.2/down/MatMul"]


def export(model, path):
    """Opset 14, which the onnxruntime-web of @xenova/transformers 2.17.2 reads."""
    example = padded([([101, 2054, 2003, 102], 2), ([101, 2054, 102], None)], "cpu")
    names = ["input_ids", "attention_mask", "token_type_ids"]
    axes = {name: {0: "batch", 1: "length"} for name in names + ["tokens"]}
    axes.update(heads={0: "batch"}, vector={0: "batch"})
    torch.onnx.export(model, tuple(example), path, input_names=names, output_names=["heads", "vector", "tokens"], dynamic_axes=axes, opset_version=14, dynamo=False)


def quantise(source, target):
    from onnxruntime.quantization import QuantType, quantize_dynamic
    from onnxruntime.quantization.shape_inference import quant_pre_process

    prepared = source + ".prepared"
    quant_pre_process(source, prepared, skip_symbolic_shape=True)
    quantize_dynamic(prepared, target, weight_type=QuantType.QInt8, per_channel=True, reduce_range=True, nodes_to_exclude=HALF_PRECISION)
    os.remove(prepared)
    halve_kept(target)
    only_default_domain(target)


def halve_kept(path):
    """Stores the weights of the nodes in HALF_PRECISION so: half the bytes, and read back as they are loaded."""
    import onnx
    from onnx import TensorProto, helper, numpy_helper

    model = onnx.load(path)
    graph = model.graph
    stored = {tensor.name: tensor for tensor in graph.initializer}
    kept = [node for node in graph.node if node.name in HALF_PRECISION]
    assert len(kept) == len(HALF_PRECISION) and all(node.input[1] in stored for node in kept), "the exporter names these nodes otherwise"
    for node in kept:
        wide = stored[node.input[1]]
        small = numpy_helper.from_array(numpy_helper.to_array(wide).astype(np.float16), wide.name + "_half")
        graph.initializer.remove(wide)
        graph.initializer.append(small)
        graph.node.insert(0, helper.make_node("Cast", [small.name], [wide.name], to=TensorProto.FLOAT))
    onnx.save(model, path)


def only_default_domain(path):
    """Drops the operator domains that the preparation names but no node uses: onnxruntime-web 1.14 refuses a file that names newer ones."""
    import onnx

    graph = onnx.load(path)
    kept = [entry for entry in graph.opset_import if entry.domain in ("", "ai.onnx")]
    del graph.opset_import[:]
    graph.opset_import.extend(kept)
    onnx.save(graph, path)


def write_full(model, out, work, tokenizer, version, newer_than):
    """models/full/*; the float graph stays in the work folder. Both graphs are kept if they are newer than `newer_than`, the weights' file."""
    folder = os.path.join(out, "full")
    os.makedirs(os.path.join(folder, "onnx"), exist_ok=True)
    plain, small = os.path.join(work, "float.onnx"), os.path.join(folder, "onnx", "model_quantized.onnx")
    if not (os.path.exists(plain) and os.path.exists(small) and os.path.getmtime(plain) > os.path.getmtime(newer_than)):
        export(model, plain)
        quantise(plain, small)
    json.dump(CONFIG, open(os.path.join(folder, "config.json"), "w"), indent=1)
    json.dump(TOKENIZER, open(os.path.join(folder, "tokenizer_config.json"), "w"), indent=1)
    spec = json.load(open(tokenizer, encoding="utf-8"))
    json.dump(spec, open(os.path.join(folder, "tokenizer.json"), "w", encoding="utf-8"), ensure_ascii=False, separators=(",", ":"))
    write_pair(model, out, version)
    return plain, small


def write_pair(model, out, version):
    pack.write(os.path.join(out, "full", "pair.bin"), "pair", version, {"size": 384},
               [("w1", "i8", array(model.w1.weight)), ("b1", "f32", array(model.w1.bias)), ("category", "f32", array(model.category)),
                ("w2", "f32", array(model.w2.weight)), ("b2", "f32", array(model.w2.bias))])


class Graph:
    """An ONNX file and pair.bin, one row at a time, as the page runs them."""

    def __init__(self, path, pair_path, threads=2):
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        self.session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
        self.t = pack.read(pair_path)[1]

    def __call__(self, row):
        ids, mask, types = (x.numpy() for x in padded([row], "cpu"))
        n = len(row[0])
        heads, vector, tokens = self.session.run(["heads", "vector", "tokens"], {"input_ids": ids[:, :n], "attention_mask": mask[:, :n], "token_type_ids": types[:, :n]})
        return heads[0], vector[0], tokens[0, 1:-1]

    def pair(self, q, f, category):
        h = np.maximum(0, self.t["w1"] @ np.concatenate([q * f, np.abs(q - f), q, f]) + self.t["b1"] + self.t["category"][category])
        return self.t["w2"] @ h + self.t["b2"]
