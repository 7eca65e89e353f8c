#!/usr/bin/python3
"""`hjnet schema`: what the reader takes conforms, and what only a look at one key can see is refused."""

import json
import pathlib
import random
import sys
import tomllib
import unittest

from jsonschema import Draft202012Validator

for folder in ("support", "fuzz"):
    sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / folder))
from inputs import RandomInput  # noqa: E402
from page import parse  # noqa: E402
from random_settings import write_data  # noqa: E402
from whole_run import SOURCE, WholeRun, unsanitized  # noqa: E402

LAYER = '[network]\nlayer = [{ name = "a", neurons = 2 }]\n'
MALFORMED = {
    "unknown table": LAYER + "[netwrok]\n",
    "unknown key": LAYER + "[run]\nepoch = 3\n",
    "text for a number": LAYER + '[run]\nepochs = "3"\n',
    "fraction for a count": LAYER + "[run]\nepochs = 2.5\n",
    "below its range": LAYER + "[run]\nepochs = 0\n",
    "at an open end": LAYER + "[run]\nepoch_length = 0.0\n",
    "beyond its range": LAYER + "[learning]\nepoch_memory = 1.5\n",
    "none of the names": LAYER + '[learning]\nerror = "square"\n',
    "number for truth": LAYER + "[learning]\nenabled = 1\n",
    "no name": "[network]\nlayer = [{ neurons = 2 }]\n",
    "no network": "[run]\nepochs = 2\n",
    "table for a list": '[network]\nlayer = { name = "a", neurons = 2 }\n',
    "unknown form of a value": LAYER + '[learning]\ntarget = { distribution = "cauchy" }\n',
    "half a data set": LAYER + '[learning]\ntarget = { file = "x.h5" }\n',
    "unknown connection": LAYER + 'projection = [{ from = "a", to = "a", connect = { fan_out = 2 } }]\n',
    "list with a text": LAYER + '[particles]\na = { stokes = [0, 0, "1"], neurons = [0], time = 0.2, width = 0.1 }\n',
    "torus: four dimensions": "[torus]\ndimensions = 4\nlinear = [1, 1, 1, 1]\naction = [[1], [1], [1], [1]]\n",
    "torus: a key of runs": "[torus]\nlinear = [1.0]\naction = [[1.0]]\n[run]\nepochs = 2\n",
}


class Schema(WholeRun):
    def setUp(self):
        super().setUp()
        self.schema = json.loads(self.launch("schema", ranks=None).stdout)
        self.validator = Draft202012Validator(self.schema)

    def test_it_is_one(self):
        Draft202012Validator.check_schema(self.schema)

    def conforms(self, content, name):
        for error in self.validator.iter_errors(content):
            best = max(error.context or [error], key=lambda inner: len(inner.absolute_path))
            self.fail(f"{name}: {'.'.join(map(str, best.absolute_path))}: {best.message[:300]}")

    def test_shipped_inputs_conform_as_written_and_resolved(self):
        inputs = sorted((SOURCE / "input").glob("*.toml"))
        self.assertGreater(len(inputs), 30)
        resolved = 0
        for path in inputs:
            self.conforms(tomllib.loads(path.read_text()), path.name)
            done = self.launch("check", path, ranks=None, status=None)
            if done.returncode == 0:  # its data are there
                self.conforms(tomllib.loads(done.stdout), f"{path.name}, resolved")
                resolved += 1
        self.assertGreater(resolved, 25)

    @unsanitized
    def test_random_inputs_that_are_taken_conform(self):
        page = parse(self.launch("reference", ranks=None).stdout)
        taken = 0
        for number in range(60):
            drawn = RandomInput(page, random.Random(number))
            self.write(drawn.content)
            write_data(self.path / "data.h5", drawn.data)
            if self.launch("check", "case.toml", ranks=None, status=None).returncode == 0:
                self.conforms(drawn.content, f"random input {number}")
                taken += 1
        self.assertGreater(taken, 5)

    def test_malformed_inputs_do_not(self):
        self.conforms(tomllib.loads(LAYER), "the smallest input")
        for name, text in MALFORMED.items():
            self.assertFalse(self.validator.is_valid(tomllib.loads(text)), name)


if __name__ == "__main__":
    unittest.main(verbosity=2)
