"""Cases of the path kernel; what they add starts on line 7."""

from case import Case, added

SIX = "[1, 2, 3, 4, 5, 6]"


def kernel(name, text, message):
    """A case with a [kernel] on the ports; its text starts on line 9."""
    return added(name, '[kernel]\nlayer = "ports"\n' + text, message)


CASES = [
    added("a kernel without a layer", f"[kernel]\npatterns = [{SIX}]\n",
          "case.toml:7:2: kernel.layer: expected the name of a layer, got nothing"),
    added("a kernel on an unknown layer", f'[kernel]\nlayer = "port"\npatterns = [{SIX}]\n',
          'case.toml:8:1: kernel.layer: expected the name of a layer, got "port" (did you mean \'ports\'?)'),
    kernel("a kernel without patterns", "",
           "case.toml:7:2: kernel.patterns: expected a list of patterns, each a list of numbers, or { file, dataset }, "
           "got nothing"),
    kernel("no pattern at all", "patterns = []\n",
           "case.toml:9:1: kernel.patterns: expected at least one pattern, got a list of 0"),
    kernel("a number for patterns", "patterns = 0.5\n",
           "case.toml:9:1: kernel.patterns: expected a list of patterns, each a list of numbers, or { file, dataset }, "
           "got 0.5"),
    kernel("a pattern too short", f"patterns = [{SIX}, [1, 2, 3]]\n",
           "case.toml:9:33: kernel.patterns[1]: expected 2 rows of 6 (a number for each neuron of layer 'ports'), "
           "got a row of 3"),
    kernel("one pattern without its brackets", f"patterns = {SIX}\n",
           "case.toml:9:1: kernel.patterns: expected 6 rows of 6 (a number for each neuron of layer 'ports'), "
           "got 6 numbers"),
    kernel("a pattern that is not finite", "patterns = [[1, 2, 3, 4, 5, inf]]\n",
           "case.toml:9:29: kernel.patterns[0][5]: expected a finite number, got inf"),
    kernel("drawn patterns", 'patterns = { distribution = "normal" }\n',
           "case.toml:9:14: kernel.patterns.distribution: unknown key, expected one of file, dataset (did you mean "
           "'stimulus.constant.distribution'?)"),
    kernel("patterns from a file that is not there", 'patterns = { file = "none.h5", dataset = "/x" }\n',
           'case.toml:9:14: kernel.patterns.file: expected an existing HDF5 file, got "none.h5"'),
    kernel("patterns of another shape", 'patterns = { file = "data.h5", dataset = "/nan" }\n',
           "case.toml:9:32: kernel.patterns.dataset: expected 1 row of 6 (a number for each neuron of layer 'ports'), "
           "got shape 2"),
    kernel("an output that does not exist", f"patterns = [{SIX}]\noutputs = [0, 2]\n",
           "case.toml:10:15: kernel.outputs[1]: expected an output from 0 to 1, got 2"),
    kernel("outputs that do not ascend", f"patterns = [{SIX}]\noutputs = [1, 1]\n",
           "case.toml:10:15: kernel.outputs[1]: expected outputs in ascending order, each once, got 1 after 1"),
    kernel("no outputs", f"patterns = [{SIX}]\noutputs = []\n",
           "case.toml:10:1: kernel.outputs: expected a list of outputs, ascending, got a list of 0"),
    kernel("an odd number of nodes", f"patterns = [{SIX}]\nnodes_per_epoch = 7\n",
           "case.toml:10:1: kernel.nodes_per_epoch: expected an even integer from 2 to 256, got 7"),
    kernel("no nodes", f"patterns = [{SIX}]\nnodes_per_epoch = 0\n",
           "case.toml:10:1: kernel.nodes_per_epoch: expected an even integer from 2 to 256, got 0"),
    kernel("a key that the kernel does not have", f"patterns = [{SIX}]\nnodes = 4\n",
           "case.toml:10:1: kernel.nodes: unknown key, expected one of layer, patterns, outputs, nodes_per_epoch"),
    added("a kernel of a recurrent network",
          '[[network.projection]]\nfrom = "ports"\nto = "out"\n[[network.projection]]\nfrom = "out"\nto = "ports"\n'
          f'[kernel]\nlayer = "ports"\npatterns = [{SIX}]\n',
          "case.toml:13:2: kernel: needs a feed-forward network, whose outputs at rest are one function of the weights, "
          "but the projection from 'out' to 'ports' is recurrent"),
    Case("a kernel matrix too large",
         '[[network.layer]]\nname = "a"\nneurons = 1\n[[network.layer]]\nname = "b"\nneurons = 1000\n'
         '[kernel]\nlayer = "a"\npatterns = [[1], [2]]\n',
         "case.toml:7:2: kernel.outputs: expected at most 2048 patterns times outputs, the run's own stimulus among the "
         "patterns, got 3000 of 3 patterns and 1000 outputs"),
]
