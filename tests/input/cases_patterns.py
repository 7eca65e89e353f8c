"""Cases of patterns; what they add starts on line 7. patterns.h5 is described in data.py."""

from case import added

KEYS = {"file": '"patterns.h5"', "inputs": '"/inputs"', "targets": '"/labels"', "layer": '"ports"'}


def patterns(name, message, before="", **changed):
    """A case whose patterns differ from good ones in some keys (None: left out): the table on line 7, file, inputs,
    targets and layer on lines 8 to 11, others after them; `before` goes behind all that."""
    lines = "".join(f"{key} = {value}\n" for key, value in {**KEYS, **changed}.items() if value is not None)
    return added(name, "[stimulus.patterns]\n" + lines + before, message)


ENTROPY = '[learning]\nerror = "cross_entropy"\n'

CASES = [
    patterns("patterns on an unknown layer",
             'case.toml:11:1: stimulus.patterns.layer: expected the name of a layer, got "port" (did you mean \'ports\'?)',
             layer='"port"'),
    patterns("patterns without a layer", "case.toml:7:11: stimulus.patterns.layer: expected the name of a layer, got nothing",
             layer=None),
    patterns("patterns without a file",
             "case.toml:7:11: stimulus.patterns.file: expected the name of an HDF5 file, got nothing", file=None),
    patterns("patterns from a file that is not there",
             'case.toml:8:1: stimulus.patterns.file: expected an existing HDF5 file, got "none.h5"', file='"none.h5"'),
    patterns("patterns from a file that is not HDF5",
             "case.toml:9:1: stimulus.patterns.inputs: expected a numeric dataset: '{dir}/text.h5' is not an HDF5 file",
             file='"text.h5"'),
    patterns("patterns whose dataset is not there",
             "case.toml:9:1: stimulus.patterns.inputs: expected a numeric dataset: '{dir}/patterns.h5' has no dataset "
             "'/input'", inputs='"/input"'),
    patterns("targets that are not there",
             "case.toml:10:1: stimulus.patterns.targets: expected a numeric dataset: '{dir}/patterns.h5' has no dataset "
             "'/label'", targets='"/label"'),
    patterns("an empty set of patterns",
             "case.toml:9:1: stimulus.patterns.inputs: expected at least one pattern, got an empty set",
             inputs='"/empty"'),
    patterns("patterns of another width",
             "case.toml:9:1: stimulus.patterns.inputs: expected rows of 6 numbers (layer 'ports' has 6 neurons), got shape "
             "3 x 5", inputs='"/wide"'),
    patterns("patterns with targets of another width",
             "case.toml:10:1: stimulus.patterns.targets: expected 3 rows of 2 numbers, or 3 class labels that are integers, "
             "as there are 3 patterns, got shape 3 x 6", targets='"/inputs"'),
    patterns("patterns with labels that are no integers",
             "case.toml:10:1: stimulus.patterns.targets: expected 3 rows of 2 numbers, or 3 class labels that are integers, "
             "as there are 3 patterns, got numbers that are no integers", targets='"/float_labels"'),
    patterns("a pattern that is not finite",
             "patterns of '{dir}/patterns.h5': dataset '/nan_inputs': expected finite numbers, got nan at [1, 4]",
             inputs='"/nan_inputs"'),
    patterns("targets that are not finite",
             "patterns of '{dir}/patterns.h5': dataset '/inf_shares': expected finite numbers, got inf at [2, 1]",
             targets='"/inf_shares"'),
    patterns("a label beyond the outputs",
             "patterns of '{dir}/patterns.h5': dataset '/high_labels': expected class labels from 0 to 1, one of the 2 "
             "outputs, got 2 at [1]", targets='"/high_labels"'),
    patterns("a negative label",
             "patterns of '{dir}/patterns.h5': dataset '/low_labels': expected class labels from 0 to 1, one of the 2 "
             "outputs, got -1 at [1]", targets='"/low_labels"'),
    patterns("shares that do not add up to 1",
             "patterns of '{dir}/patterns.h5': dataset '/no_shares': expected numbers >= 0 with sum 1 for each pattern, as "
             'error = "cross_entropy" asks, got sum 0.75 in row 1', targets='"/no_shares"', before=ENTROPY),
    patterns("a negative share",
             "patterns of '{dir}/patterns.h5': dataset '/negative_shares': expected numbers >= 0 with sum 1 for each "
             'pattern, as error = "cross_entropy" asks, got -0.25 in row 1', targets='"/negative_shares"', before=ENTROPY),
    patterns("patterns without targets, and no probabilities to learn",
             'case.toml:11:2: learning.target: expected numbers >= 0 with sum 1, as error = "cross_entropy" asks, got sum 0',
             targets=None, before=ENTROPY),
    patterns("a target beside those of patterns",
             "case.toml:13:1: learning.target: has no effect: expected stimulus.patterns without targets: those of the "
             "patterns take its place", before="[learning]\ntarget = 0.5\n"),
    patterns("no slots", "case.toml:12:1: stimulus.patterns.per_epoch: expected an integer from 1 to 16777216, got 0",
             per_epoch="0"),
    patterns("an unknown order",
             'case.toml:12:1: stimulus.patterns.order: expected one of file, shuffled, got "shufled" (did you mean '
             "'shuffled'?)", order='"shufled"'),
    patterns("an onset as long as its slot",
             "case.toml:13:1: stimulus.patterns.onset: expected a time >= 0 and shorter than a slot, run.epoch_length / "
             "per_epoch = 0.25, got 0.25", per_epoch="4", onset="0.25"),
    patterns("an onset that is not a number",
             "case.toml:12:1: stimulus.patterns.onset: expected a time >= 0 and shorter than a slot, got nan", onset="nan"),
    patterns("a key that patterns do not have",
             "case.toml:12:1: stimulus.patterns.orders: unknown key, expected one of file, inputs, targets, layer, "
             "per_epoch, order, onset (did you mean 'order'?)", orders="1"),
    added("patterns twice", '[[stimulus.patterns]]\nfile = "patterns.h5"\n',
          "case.toml:7:12: stimulus.patterns: expected a table, got a list of 1"),
]
