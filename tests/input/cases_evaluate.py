"""Cases of evaluation; what they add starts on line 7. /matrix is 2 x 6, /integers 2 labels, /nan 2 floats."""

from case import added

HEAD = '[evaluate]\nlayer = "ports"\n'
GOOD = '[[evaluate.set]]\nname = "test"\nfile = "data.h5"\ninputs = "/matrix"\ntargets = "/integers"\n'


def evaluate(name, text, message):
    """A case with an [evaluate] on the ports; its text starts on line 9."""
    return added(name, HEAD + text, message)


def a_set(case_name, message, **changed):
    """A case whose one set differs from a good one in some keys (None: left out): name, file, inputs, targets on lines
    10 to 13."""
    keys = {"name": '"test"', "file": '"data.h5"', "inputs": '"/matrix"', "targets": '"/integers"', **changed}
    lines = "".join(f"{key} = {value}\n" for key, value in keys.items() if value is not None)
    return evaluate(case_name, "[[evaluate.set]]\n" + lines, message)


CASES = [
    added("evaluation without a layer", "[evaluate]\n" + GOOD,
          "case.toml:7:2: evaluate.layer: expected the name of a layer, got nothing"),
    added("evaluation on an unknown layer", '[evaluate]\nlayer = "port"\n' + GOOD,
          'case.toml:8:1: evaluate.layer: expected the name of a layer, got "port" (did you mean \'ports\'?)'),
    evaluate("evaluation of no set", "",
             "case.toml:7:2: evaluate.set: expected at least one [[evaluate.set]], got none"),
    evaluate("evaluation at no time", "every = 0\n" + GOOD,
             "case.toml:9:1: evaluate.every: expected an integer >= 1, got 0"),
    evaluate("a choice by an unknown set", 'choose = "tset"\n' + GOOD,
             'case.toml:9:1: evaluate.choose: expected the name of a set, got "tset" (did you mean \'test\'?)'),
    evaluate("two sets of one name", GOOD + GOOD,
             'case.toml:15:1: evaluate.set[1].name: expected a name that no other set has, got "test"'),
    evaluate("a set as a plain table", GOOD.replace("[[evaluate.set]]", "[evaluate.set]"),
             "case.toml:9:11: evaluate.set: expected a list of tables, got a table"),
    evaluate("a key that evaluation does not have", "epochs = 3\n" + GOOD,
             "case.toml:9:1: evaluate.epochs: unknown key, expected one of layer, every, choose, set (did you mean "
             "'run.epochs'?)"),
    a_set("a set without a name", "case.toml:9:1: evaluate.set[0].name: expected letters, digits and _, got nothing",
          name=None),
    a_set("a set with a name that is no path's part",
          'case.toml:10:1: evaluate.set[0].name: expected letters, digits and _, got "a/b"', name='"a/b"'),
    a_set("a set without targets",
          "case.toml:9:1: evaluate.set[0].targets: expected the path of a dataset in the file, got nothing",
          targets=None),
    a_set("a set without inputs",
          "case.toml:9:1: evaluate.set[0].inputs: expected the path of a dataset in the file, got nothing",
          inputs=None),
    a_set("a set from a file that is not there",
          'case.toml:11:1: evaluate.set[0].file: expected an existing HDF5 file, got "none.h5"', file='"none.h5"'),
    a_set("inputs that are not there",
          "case.toml:12:1: evaluate.set[0].inputs: expected a numeric dataset: '{dir}/data.h5' has no dataset '/other'",
          inputs='"/other"'),
    a_set("inputs that are a group",
          "case.toml:12:1: evaluate.set[0].inputs: expected a numeric dataset: '/group' in '{dir}/data.h5' is a group, "
          "not a dataset", inputs='"/group"'),
    a_set("inputs that are text",
          "case.toml:12:1: evaluate.set[0].inputs: expected a numeric dataset: dataset '/text' of '{dir}/data.h5' does "
          "not hold real numbers", inputs='"/text"'),
    a_set("inputs of another shape",
          "case.toml:12:1: evaluate.set[0].inputs: expected rows of 6 numbers (layer 'ports' has 6 neurons), got shape "
          "6",
          inputs='"/six"'),
    a_set("targets of another shape",
          "case.toml:13:1: evaluate.set[0].targets: expected 2 rows of 2 numbers, or 2 class labels that are integers, "
          "as there are 2 patterns, got shape 2 x 6", targets='"/matrix"'),
    a_set("labels that are no integers",
          "case.toml:13:1: evaluate.set[0].targets: expected 2 rows of 2 numbers, or 2 class labels that are integers, "
          "as there are 2 patterns, got numbers that are no integers", targets='"/nan"'),
    added("evaluation of a recurrent network",
          '[[network.projection]]\nfrom = "ports"\nto = "out"\n[[network.projection]]\nfrom = "out"\nto = "ports"\n'
          + HEAD + GOOD,
          "case.toml:13:2: evaluate: needs a feed-forward network, whose outputs at rest are one function of the "
          "weights, but the projection from 'out' to 'ports' is recurrent"),
]
