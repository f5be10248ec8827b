"""IS-Net by plain onnxruntime, and by rembg, on one photo: the other side of io.vitrail.bench.IsNetSide.

    python isnet_onnxruntime.py onnxruntime|rembg WEIGHTS.onnx PHOTO REPEATS THREADS OUT.png

Prints `name<TAB>value` lines, in seconds and MiB. Times start at the process's own start.
"""

import os
import resource
import statistics
import sys
import time

import psutil

START = psutil.Process().create_time()


def report(name, value):
    print(f"{name}\t{value:.4f}", flush=True)


def main(tool, weights, photo, repeats, threads, out):
    import numpy as np
    import onnxruntime as ort
    from PIL import Image

    options = ort.SessionOptions()
    options.intra_op_num_threads = threads

    if tool == "rembg":
        os.environ["U2NET_HOME"] = os.path.dirname(os.path.abspath(weights))  # rembg reads models from there only
        from rembg import remove
        from rembg.sessions.dis_custom import DisCustomSession

        session = DisCustomSession("dis_custom", options, providers=["CPUExecutionProvider"], model_path=weights)
        net = session.inner_session

        def cutout():
            remove(Image.open(photo), session=session).save(out)

    else:
        net = ort.InferenceSession(weights, options, providers=["CPUExecutionProvider"])

        def cutout():
            image = Image.open(photo).convert("RGB")
            small = np.asarray(image.resize((1024, 1024), Image.BILINEAR), dtype=np.float32)
            x = (small / 255 - 0.5).transpose(2, 0, 1)[None]
            y = net.run([net.get_outputs()[0].name], {net.get_inputs()[0].name: x})[0][0, 0]
            y = (y - y.min()) / (y.max() - y.min())
            mask = Image.fromarray((y * 255).astype(np.uint8)).resize(image.size, Image.BILINEAR)
            image.putalpha(mask)
            image.save(out)

    cutout()
    report("cold start to first cutout", time.time() - START)

    def median(work):
        times = []
        for _ in range(repeats):
            begin = time.perf_counter()
            work()
            times.append(time.perf_counter() - begin)
        return statistics.median(times)

    report("end to end", median(cutout))
    x = np.random.default_rng(1).random((1, 3, 1024, 1024), dtype=np.float32) - 0.5
    report("network", median(lambda: net.run([net.get_outputs()[0].name], {net.get_inputs()[0].name: x})))
    report("peak memory", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


if __name__ == "__main__":
    tool, weights, photo, repeats, threads, out = sys.argv[1:]
    main(tool, weights, photo, int(repeats), int(threads), out)
