"""Cases of patterns; what they add starts on line 7. patterns.h5 is described in data.py."""

from case import added, keys

KEYS = {"file": '"patterns.h5"', "inputs": '"/inputs"', "targets": '"/labels"', "layer": '"ports"'}


def patterns(name, message, before="", **changed):
    """A case whose patterns differ from good ones in some keys (None: left out): the table on line 7, file, inputs,
    targets and layer on lines 8 to 11, others after them; `before` goes behind all that."""
    return added(name, "[stimulus.patterns]\n" + keys(KEYS, **changed) + before, message)


def key(name, message, **changed):
    """A case of one key, the last of those that are changed, of which the message says what was expected."""
    spoilt, value = list(changed.items())[-1]
    where = "7:11" if value is None else f"{8 + list({**KEYS, **changed}).index(spoilt)}:1"
    return patterns(name, f"case.toml:{where}: stimulus.patterns.{spoilt}: {message}", **changed)


def data(name, message, before="", **changed):
    """A case of what is found only in the data file."""
    return patterns(name, f"patterns of '{{dir}}/patterns.h5': dataset {message}", before, **changed)


ENTROPY = '[learning]\nerror = "cross_entropy"\n'

CASES = [
    key("patterns on an unknown layer", 'expected the name of a layer, got "port" (did you mean \'ports\'?)', layer='"port"'),
    key("patterns without a layer", "expected the name of a layer, got nothing", layer=None),
    key("patterns without a file", "expected the name of an HDF5 file, got nothing", file=None),
    key("patterns from a file that is not there", 'expected an existing HDF5 file, got "none.h5"', file='"none.h5"'),
    patterns("patterns from a file that is not HDF5",
             "case.toml:9:1: stimulus.patterns.inputs: expected a numeric dataset: '{dir}/text.h5' is not an HDF5 file",
             file='"text.h5"'),
    key("patterns whose dataset is not there",
        "expected a numeric dataset: '{dir}/patterns.h5' has no dataset '/input'", inputs='"/input"'),
    key("targets that are not there",
        "expected a numeric dataset: '{dir}/patterns.h5' has no dataset '/label'", targets='"/label"'),
    key("an empty set of patterns", "expected at least one pattern, got an empty set", inputs='"/empty"'),
    key("patterns of another width",
        "expected rows of 6 numbers (layer 'ports' has 6 neurons), got shape 3 x 5", inputs='"/wide"'),
    key("patterns with targets of another width",
        "expected 3 rows of 2 numbers, or 3 class labels that are integers, as there are 3 patterns, got shape 3 x 6",
        targets='"/inputs"'),
    key("patterns with labels that are no integers",
        "expected 3 rows of 2 numbers, or 3 class labels that are integers, as there are 3 patterns, got numbers that are "
        "no integers", targets='"/float_labels"'),
    data("a pattern that is not finite", "'/nan_inputs': expected finite numbers, got nan at [1, 4]", inputs='"/nan_inputs"'),
    data("targets that are not finite", "'/inf_shares': expected finite numbers, got inf at [2, 1]",
         targets='"/inf_shares"'),
    data("a label beyond the outputs",
         "'/high_labels': expected class labels from 0 to 1, one of the 2 outputs, got 2 at [1]", targets='"/high_labels"'),
    data("a negative label",
         "'/low_labels': expected class labels from 0 to 1, one of the 2 outputs, got -1 at [1]", targets='"/low_labels"'),
    data("shares that do not add up to 1",
         "'/no_shares': expected numbers >= 0 with sum 1 for each pattern, as error = \"cross_entropy\" asks, got sum 0.75 "
         "in row 1", ENTROPY, targets='"/no_shares"'),
    data("a negative share",
         "'/negative_shares': expected numbers >= 0 with sum 1 for each pattern, as error = \"cross_entropy\" asks, got "
         "-0.25 in row 1", ENTROPY, targets='"/negative_shares"'),
    patterns("patterns without targets, and no probabilities to learn",
             'case.toml:11:2: learning.target: expected numbers >= 0 with sum 1, as error = "cross_entropy" asks, got sum 0',
             targets=None, before=ENTROPY),
    patterns("a target beside those of patterns",
             "case.toml:13:1: learning.target: has no effect: expected stimulus.patterns without targets: those of the "
             "patterns take its place", before="[learning]\ntarget = 0.5\n"),
    key("no slots", "expected an integer from 1 to 16777216, got 0", per_epoch="0"),
    key("an unknown order", 'expected one of file, shuffled, got "shufled" (did you mean \'shuffled\'?)', order='"shufled"'),
    key("an onset as long as its slot",
        "expected a time >= 0 and shorter than a slot, run.epoch_length / per_epoch = 0.25, got 0.25", per_epoch="4",
        onset="0.25"),
    key("an onset that is not a number", "expected a time >= 0 and shorter than a slot, got nan", onset="nan"),
    key("a key that patterns do not have", "unknown key, expected one of file, inputs, targets, layer, per_epoch, order, "
        "onset (did you mean 'order'?)", orders="1"),
    added("patterns twice", '[[stimulus.patterns]]\nfile = "patterns.h5"\n',
          "case.toml:7:12: stimulus.patterns: expected a table, got a list of 1"),
]
