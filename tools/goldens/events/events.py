"""Makes training/src/test/resources/goldens/scalars.tfevents: what PyTorch's SummaryWriter writes.

Made with torch 2.15.0 and tensorboard 2.21.0:
  python events.py OUTPUT
The clock stands still, so that the file is the same every time.
"""

import glob
import shutil
import sys
import tempfile
from unittest import mock

NOW = 1700000000.25

with mock.patch("time.time", return_value=NOW):
    from torch.utils.tensorboard import SummaryWriter

    folder = tempfile.mkdtemp()
    writer = SummaryWriter(folder, purge_step=201)
    writer.add_scalar("train/loss", 0.6931472, 250, walltime=NOW)
    writer.add_scalar("val/top1", 71.25, 100000, walltime=NOW)
    writer.add_scalar("train/lr", float("nan"), 3000000000, walltime=NOW)
    writer.close()

shutil.copy(glob.glob(folder + "/*")[0], sys.argv[1])
