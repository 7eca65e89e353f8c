"""Cases of evaluation; what they add starts on line 7. /matrix is 2 x 6, /integers 2 labels, /nan 2 floats."""

from case import added, keys

HEAD = '[evaluate]\nlayer = "ports"\n'
SET = {"name": '"test"', "file": '"data.h5"', "inputs": '"/matrix"', "targets": '"/integers"'}
GOOD = "[[evaluate.set]]\n" + keys(SET)


def evaluate(name, text, message):
    """A case with an [evaluate] on the ports; its text starts on line 9."""
    return added(name, HEAD + text, message)


def a_set(name, key, value, expected):
    """A case whose one set, on line 9, differs from a good one in a key; None: left out."""
    line = 9 if value is None else 10 + list(SET).index(key)
    return evaluate(name, "[[evaluate.set]]\n" + keys(SET, **{key: value}),
                    f"case.toml:{line}:1: evaluate.set[0].{key}: expected {expected}")


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
    a_set("a set without a name", "name", None, "letters, digits and _, got nothing"),
    a_set("a set with a name that is no path's part", "name", '"a/b"', 'letters, digits and _, got "a/b"'),
    a_set("a set without targets", "targets", None, "the path of a dataset in the file, got nothing"),
    a_set("a set without inputs", "inputs", None, "the path of a dataset in the file, got nothing"),
    a_set("a set from a file that is not there", "file", '"none.h5"', 'an existing HDF5 file, got "none.h5"'),
    a_set("inputs that are not there", "inputs", '"/other"',
          "a numeric dataset: '{dir}/data.h5' has no dataset '/other'"),
    a_set("inputs that are a group", "inputs", '"/group"',
          "a numeric dataset: '/group' in '{dir}/data.h5' is a group, not a dataset"),
    a_set("inputs that are text", "inputs", '"/text"',
          "a numeric dataset: dataset '/text' of '{dir}/data.h5' does not hold real numbers"),
    a_set("inputs of another shape", "inputs", '"/six"',
          "rows of 6 numbers (layer 'ports' has 6 neurons), got shape 6"),
    a_set("targets of another shape", "targets", '"/matrix"',
          "2 rows of 2 numbers, or 2 class labels that are integers, as there are 2 patterns, got shape 2 x 6"),
    a_set("labels that are no integers", "targets", '"/nan"',
          "2 rows of 2 numbers, or 2 class labels that are integers, as there are 2 patterns, got numbers that are no "
          "integers"),
    added("evaluation of a recurrent network",
          '[[network.projection]]\nfrom = "ports"\nto = "out"\n[[network.projection]]\nfrom = "out"\nto = "ports"\n'
          + HEAD + GOOD,
          "case.toml:13:2: evaluate: needs a feed-forward network, whose outputs at rest are one function of the "
          "weights, but the projection from 'out' to 'ports' is recurrent"),
]
