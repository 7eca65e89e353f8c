"""The shipped inputs, with the data that they name."""

import pathlib
import re
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]


def copy(folder):
    """A new folder with all inputs; their data are made by the lines of hjdata that stand in them."""
    shutil.copytree(ROOT / "input", folder)
    for text in (path.read_text() for path in folder.glob("*.toml")):
        for arguments in re.findall(r"hjdata (\w+ input/\S+(?: --\w+ \w+)*)", text):
            subprocess.run([sys.executable, "-B", ROOT / "postprocess/hjdata", *arguments.replace("input/", "").split()],
                           cwd=folder, capture_output=True, check=True)
