#include "config/reference.hpp"

namespace hjnet {

TableReference pattern_table() {
  constexpr std::string_view dataset = "the path of a dataset in the file";
  return {
      "stimulus.patterns",
      TableReference::Form::single,
      "A set of patterns, shown one after another in equal slots of the epoch (docs/patterns.md). A pattern's inputs "
      "are added to Y of a layer; with `targets` the target is the pattern's, in place of `learning.target`.",
      {{"file", "the name of an HDF5 file", "required", "relative to the input file"},
       {"inputs", dataset, "required", "a row a pattern, a column a neuron of the layer"},
       {"targets", dataset, "none",
        "class labels: an integer a pattern, from 0, for the target 1 at that output and 0 elsewhere; or rows of a "
        "number for each output"},
       {"layer", "the name of a layer", "required", "the layer that they are shown to"},
       {"per_epoch", "an integer from 1 to 16777216", "the number of patterns",
        "slots of an epoch. Where it is not the number of patterns, each epoch goes on where the last one stopped"},
       {"order", "one of file, shuffled", "\"file\"",
        "that of the file in every pass through the set; or a permutation of each pass's own, drawn"},
       {"onset", "a time >= 0 and shorter than a slot", "0.0",
        "time over which a slot's input takes over smoothly from the one before; 0: a jump"}}};
}

}  // namespace hjnet
