"""IS-Net with its published weights: Vitrail's maps against those of onnxruntime.

Made with Python 3.11, onnxruntime 1.32.0, onnx 1.23.2, PyTorch 2.15.0 (for resizing), NumPy 2.4.6,
Pillow 13.0.0. Not part of the build. From the repository root, with WORK an empty folder:

    python tools/goldens/isnet/compare_onnxruntime.py prepare MODEL.onnx PHOTOS WORK
    java -cp "$(cat WORK/classpath.txt)" tools/goldens/isnet/IsNetMaps.java MODEL.onnx WORK
    python tools/goldens/isnet/compare_onnxruntime.py report WORK docs/results/isnet-parity.md

MODEL.onnx is what `vitrail models pull isnet-general-use` puts into the cache, PHOTOS a folder of
images. The class path comes from
    mvn -q -pl bench -am compile dependency:build-classpath -Dmdep.includeScope=runtime \\
        -Dmdep.outputFile=WORK/classpath.txt        (WORK as an absolute path)
Wants 25 MB in WORK for each photo.
"""

import sys
from pathlib import Path

import numpy as np

SIZE = 1024


def in_float32(path):
    """The model with float32 tensors and casts, so that both sides compute in one number type."""
    import onnx
    from onnx import TensorProto, numpy_helper

    model = onnx.load(path)
    for tensor in model.graph.initializer:
        if tensor.data_type == TensorProto.FLOAT16:
            wide = numpy_helper.from_array(numpy_helper.to_array(tensor).astype(np.float32), tensor.name)
            tensor.CopyFrom(wide)
    for node in model.graph.node:
        for attribute in node.attribute:
            if node.op_type == "Cast" and attribute.name == "to" and attribute.i == TensorProto.FLOAT16:
                attribute.i = TensorProto.FLOAT
            if attribute.t.data_type == TensorProto.FLOAT16:
                attribute.t.CopyFrom(numpy_helper.from_array(numpy_helper.to_array(attribute.t).astype(np.float32)))
    del model.graph.value_info[:]
    return model.SerializeToString()


def prepare(model, photos, work):
    import onnxruntime
    import torch
    from PIL import Image, ImageOps

    session = onnxruntime.InferenceSession(in_float32(model), providers=["CPUExecutionProvider"])
    name = session.get_inputs()[0].name
    for photo in sorted(Path(photos).iterdir()):
        if photo.suffix not in (".jpg", ".png"):
            continue
        image = torch.from_numpy(np.array(ImageOps.exif_transpose(Image.open(photo)).convert("RGB")))
        x = image.permute(2, 0, 1)[None].float()
        x = torch.nn.functional.interpolate(x, size=(SIZE, SIZE), mode="bilinear", align_corners=False)
        x = (x.floor() / 255 - 0.5).numpy()
        np.save(Path(work) / f"{photo.stem}.input.npy", x)
        np.save(Path(work) / f"{photo.stem}.ort.npy", session.run(None, {name: x})[0])
        print(photo.stem)


def mask(x):
    return (x - x.min()) / (x.max() - x.min()) > 0.5


def overlap(a, b):
    union = (mask(a) | mask(b)).sum()
    return (mask(a) & mask(b)).sum() / union if union else 1.0


def report(work, out):
    lines = [
        "# IS-Net: parity with onnxruntime",
        "",
        "Weights `isnet-general-use` (fp16 tensors), 12 photos, 1024 x 1024, the same input on both sides, the raw",
        "map before its stretch to [0, 1]. onnxruntime 1.32.0 computes in float32. The processor has no bfloat16, so",
        "products were computed in float32 and stored as bfloat16. Foreground is where the stretched map is above 0.5;",
        "the overlap is intersection over union of two foregrounds. It falls where the net finds next to no foreground:",
        "there a few pixels near 0.5 decide. Made by `tools/goldens/isnet/compare_onnxruntime.py`, which says how.",
        "",
        "| photo | largest value of the map | foreground | f32 to onnxruntime: largest difference | mean | overlap"
        " | bf16 to f32: largest difference | mean | overlap |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    rows = []
    for path in sorted(Path(work).glob("*.ort.npy")):
        name = path.name[: -len(".ort.npy")]
        ort, f32, bf16 = (np.load(Path(work) / f"{name}.{kind}.npy").squeeze() for kind in ("ort", "f32", "bf16"))
        a, b = np.abs(f32 - ort), np.abs(bf16 - f32)
        rows.append((a.max(), a.mean(), overlap(f32, ort), b.max(), b.mean(), overlap(bf16, f32)))
        lines.append(
            f"| {name} | {ort.max():.3f} | {mask(ort).mean():.2%} | {a.max():.1e} | {a.mean():.1e} | {rows[-1][2]:.5f}"
            f" | {b.max():.3f} | {b.mean():.1e} | {rows[-1][5]:.4f} |"
        )
    t = np.array(rows).T
    lines.append(
        f"| **worst** | | | {t[0].max():.1e} | {t[1].max():.1e} | {t[2].min():.5f}"
        f" | {t[3].max():.3f} | {t[4].max():.1e} | {t[5].min():.4f} |"
    )
    Path(out).parent.mkdir(parents=True, exist_ok=True)
    Path(out).write_text("\n".join(lines) + "\n")
    print("\n".join(lines))


if __name__ == "__main__":
    {"prepare": prepare, "report": report}[sys.argv[1]](*sys.argv[2:])
