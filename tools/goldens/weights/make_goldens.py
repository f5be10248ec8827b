"""Writes the tiny weight files that the tests of io.vitrail.weights read.

Run from the repository root:  python tools/goldens/weights/make_goldens.py
Versions used: Python 3.11, torch 2.15.0, numpy 2.4.6, onnx 1.23.2, safetensors 0.8.0.

Every file holds the same values, so that one test can compare all formats: tensor number k of a
file is arange(count) * 0.5 - 3 + k for floats, arange(count) - 2 + k (as the type allows) for
integers, and i % 3 == 0 for bool.
"""

import argparse
import collections
import json
import os
import pathlib

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper
from safetensors.torch import save_file

OUT = pathlib.Path("weights/src/test/resources/io/vitrail/weights")

TORCH_TYPES = collections.OrderedDict(
    f64=torch.float64, f32=torch.float32, f16=torch.float16, bf16=torch.bfloat16,
    i64=torch.int64, i32=torch.int32, i16=torch.int16, i8=torch.int8, u8=torch.uint8,
    bool=torch.bool)
NUMPY_TYPES = {k: v for k, v in dict(
    f64="<f8", f32="<f4", f16="<f2", i64="<i8", i32="<i4", i16="<i2", i8="|i1", u8="|u1",
    bool="|b1").items()}


def values(name, k, shape):
    """The agreed values, as float64, int64 or bool."""
    n = int(np.prod(shape))
    i = np.arange(n)
    if name == "bool":
        flat = i % 3 == 0
    elif name.startswith(("f", "bf")):
        flat = i * 0.5 - 3 + k
    else:
        flat = i + k if name == "u8" else i - 2 + k
    return flat.reshape(shape)


def all_types():
    d = collections.OrderedDict()
    for k, (name, dtype) in enumerate(TORCH_TYPES.items()):
        d[name] = torch.from_numpy(np.ascontiguousarray(values(name, k, (2, 3)))).to(dtype)
    d["scalar"] = torch.tensor(2.5)
    d["empty"] = torch.zeros(0, 4)
    return d


def views():
    """Tensors that share one storage of 24 floats 0..23 in different ways."""
    base = torch.arange(24, dtype=torch.float32)
    m = base.view(4, 6)
    return collections.OrderedDict(
        base=base, matrix=m, transposed=m.t(), column=m[:, 2], corner=m[1:3, 2:5],
        every_other=base[::2], expanded=base[5:6].expand(3, 4),
        channels_last=base.view(1, 2, 3, 4).contiguous(memory_format=torch.channels_last),
        last=base[23], tied=m)


class Foreign:
    """A class that the reader cannot know."""

    def __init__(self):
        self.answer = 42


class ForeignDict(dict):
    pass


class Runs:
    """Its pickle calls os.system when Python loads it."""

    def __reduce__(self):
        return (os.system, ("echo this must never run",))


def checkpoint():
    state = collections.OrderedDict()
    state["model.conv.weight"] = torch.nn.Parameter(torch.arange(6, dtype=torch.float32).view(2, 3))
    state["model.conv.bias"] = torch.tensor([1.5, -2.0])
    state["ema_model.conv.bias"] = torch.tensor([1.0, -1.0])
    state._metadata = {"": {"version": 1}}
    params = ForeignDict(lr=0.1)
    return {
        "epoch": 3,
        "global_step": 12345678901,
        "big": 2 ** 100,
        "pytorch-lightning_version": "1.4.5",
        "state_dict": state,
        "hyper_parameters": params,
        "args": argparse.Namespace(name="x", sizes=[1, 2], dtype=torch.float16),
        "foreign": Foreign(),
        "numpy_scalar": np.float64(1.25),
        "size": torch.Size([1, 2]),
        "bytes": b"\x00\xff",
        "set": {1, 2},
        "tuple": (None, True, False, 0.5, -1),
        "int_keys": {0: "zero", (1, 2): "pair"},
        "evil": Runs(),
        "optimizer_states": [{"state": {0: {"exp_avg": torch.ones(2)}}, "param_groups": []}],
    }


def save_torch(obj, name):
    torch.save(obj, OUT / f"{name}.pth")
    torch.save(obj, OUT / f"{name}-legacy.pth", _use_new_zipfile_serialization=False)


def arrays():
    d = {}
    for k, (name, dtype) in enumerate(NUMPY_TYPES.items()):
        d[name] = values(name, k, (2, 3)).astype(dtype)
    d["fortran"] = np.asfortranarray(np.arange(24, dtype="<f4").reshape(2, 3, 4))
    d["big_endian"] = np.arange(6, dtype=">f4").reshape(2, 3)
    d["big_endian_fortran"] = np.asfortranarray(np.arange(6, dtype=">i2").reshape(2, 3))
    d["scalar"] = np.array(2.5, "<f4")
    d["empty"] = np.zeros((0, 4), "<f4")
    d["vector"] = np.arange(3, dtype="<i8")
    return d


def save_npy():
    a = arrays()
    np.savez(OUT / "arrays.npz", **a)
    np.savez_compressed(OUT / "arrays-compressed.npz", **a)
    np.save(OUT / "fortran.npy", a["fortran"])
    for version in [(1, 0), (2, 0), (3, 0)]:
        with open(OUT / f"version{version[0]}.npy", "wb") as f:
            np.lib.format.write_array(f, a["f32"], version=version)
    np.save(OUT / "objects.npy", np.array([{"a": 1}], dtype=object), allow_pickle=True)


ONNX_TYPES = dict(
    f64=TensorProto.DOUBLE, f32=TensorProto.FLOAT, f16=TensorProto.FLOAT16,
    bf16=TensorProto.BFLOAT16, i64=TensorProto.INT64, i32=TensorProto.INT32,
    i16=TensorProto.INT16, i8=TensorProto.INT8, u8=TensorProto.UINT8, bool=TensorProto.BOOL)


def save_onnx():
    raw, typed = [], []
    for k, (name, onnx_type) in enumerate(ONNX_TYPES.items()):
        v = values(name, k, (2, 3))
        typed.append(helper.make_tensor(name, onnx_type, (2, 3), v.flatten().tolist()))
        t = torch.from_numpy(np.ascontiguousarray(v)).to(TORCH_TYPES[name]).contiguous()
        data = t.view(torch.uint8).numpy().tobytes()
        raw.append(helper.make_tensor(name, onnx_type, (2, 3), data, raw=True))
    conv = helper.make_node(
        "Conv", ["input", "f32", ""], ["output"], name="/stage1/conv/Conv",
        kernel_shape=[3, 3], group=1, auto_pad="SAME_UPPER")
    constant = helper.make_node(
        "Constant", [], ["c"], name="const",
        value=numpy_helper.from_array(np.array([1, 2], "i8"), "inner"))
    elu = helper.make_node("Elu", ["output"], ["e"], name="elu", alpha=0.25)
    other = helper.make_node("Upsample", ["e"], ["u"], name="up", scales=[1.0, 2.0])
    for name, tensors in (("raw", raw), ("typed", typed)):
        graph = helper.make_graph(
            [conv, constant, elu, other], "g",
            [helper.make_tensor_value_info("input", TensorProto.FLOAT, [1])],
            [helper.make_tensor_value_info("u", TensorProto.FLOAT, [1])], tensors)
        model = helper.make_model(graph, producer_name="goldens")
        model.ir_version = 8
        model.opset_import[0].version = 15
        helper.set_model_props(model, {"author": "vitrail"})
        onnx.save(model, OUT / f"{name}.onnx")
    big = helper.make_graph(
        [], "g", [], [], [numpy_helper.from_array(np.zeros(4, "f4"), "w")])
    onnx.save(
        helper.make_model(big), OUT / "external.onnx", save_as_external_data=True,
        location="external.bin", size_threshold=0)
    (OUT / "external.bin").unlink()


def save_tfjs():
    f32 = np.arange(6, dtype="<f4")
    q8 = np.array([0, 128, 255], "u1")
    q16 = np.array([0, 256, 65535], "<u2")
    half = np.array([0.5, -2.0], "<f2")
    i32 = np.array([7, -7], "<i4")
    flags = np.array([1, 0, 1], "?")
    blob = b"".join(x.tobytes() for x in (f32, q8, q8, q16, half, i32, flags))
    groups = [{
        "paths": ["tfjs-shard1.bin", "tfjs-shard2.bin"],
        "weights": [
            {"name": "conv/kernel", "shape": [1, 1, 2, 3], "dtype": "float32"},
            {"name": "q8", "shape": [3], "dtype": "float32",
             "quantization": {"dtype": "uint8", "scale": 0.1, "min": -3.7}},
            {"name": "q8int", "shape": [3], "dtype": "int32",
             "quantization": {"dtype": "uint8", "scale": 0.1, "min": -3.7}},
            {"name": "q16", "shape": [3], "dtype": "float32",
             "quantization": {"dtype": "uint16", "scale": 0.001, "min": 1.0}},
            {"name": "half", "shape": [2], "dtype": "float32",
             "quantization": {"dtype": "float16", "original_dtype": "float32"}},
            {"name": "i32", "shape": [2], "dtype": "int32"},
            {"name": "flags", "shape": [3], "dtype": "bool"},
        ]}]
    (OUT / "tfjs-shard1.bin").write_bytes(blob[:13])  # cuts conv/kernel in two
    (OUT / "tfjs-shard2.bin").write_bytes(blob[13:])
    (OUT / "tfjs-manifest.json").write_text(json.dumps(groups, indent=1))
    (OUT / "tfjs-model.json").write_text(json.dumps(
        {"format": "graph-model", "modelTopology": {"node": []}, "weightsManifest": groups}))


def save_safetensors():
    d = all_types()
    save_file(d, OUT / "types.safetensors", metadata={"format": "pt", "note": "grün"})
    names = list(d)
    files = {"model-1.safetensors": names[:5], "model-2.safetensors": names[5:]}
    for file, part in files.items():
        save_file({n: d[n] for n in part}, OUT / file)
    index = {"metadata": {"total_size": 1}, "weight_map": {n: f for f, p in files.items() for n in p}}
    (OUT / "model.safetensors.index.json").write_text(json.dumps(index))


def main():
    OUT.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(0)
    save_torch(all_types(), "types")
    save_torch(views(), "views")
    save_torch(checkpoint(), "checkpoint")
    save_torch(Runs(), "evil")
    torch.save(all_types(), OUT / "types-protocol4.pth", pickle_protocol=4)
    torch.save({"generator": {"w": torch.ones(2)}, "layers": [torch.zeros(1), torch.ones(1)]},
               OUT / "nested.pth")
    torch.save({"weird": torch.zeros(2, dtype=torch.complex64),
                "u16": torch.zeros(2, dtype=torch.uint16), "w": torch.ones(2)},
               OUT / "other-types.pth")
    save_npy()
    save_onnx()
    save_tfjs()
    save_safetensors()


if __name__ == "__main__":
    main()
