// The keys of the input file. The reader takes its "expected ..." from here; defaults are repeated in settings.hpp,
// and a unit test compares the two.
#include "config/fields.hpp"
#include "config/tables.hpp"

namespace hjnet {

namespace {

using Form = TableReference::Form;

constexpr std::string_view weight_keys = "values distribution gain mean sd low high file dataset";
constexpr std::string_view number = "a finite number";
constexpr std::string_view truth = "true or false";
constexpr std::string_view layer_name = "the name of a layer";
constexpr std::string_view epoch_range = "two integers [first, last], 0 <= first <= last < run.epochs";

/// What stands beside `layer` in a table that puts a value on one layer. `plain` is the key of a plain number.
std::vector<KeyReference> layer_value_keys(std::string_view plain, std::vector<KeyReference> more) {
  std::vector<KeyReference> keys{
      {"layer", layer_name, "required", "the layer that it acts on"},
      {plain, "a value", "none", "a number, the same for each neuron (or any value)", value_keys},
      {"values", "a list of numbers", "none", "a number for each neuron of the layer"},
      {"distribution", "one of normal, uniform", "none", "drawn independently for each neuron"},
      {"mean", number, "0.0", "of the normal distribution"},
      {"sd", "a number >= 0", "1.0", "standard deviation of the normal distribution"},
      {"low", number, "-1.0", "lower end of the uniform distribution"},
      {"high", number, "1.0", "upper end of the uniform distribution"},
      {"file", "the name of an HDF5 file", "none", "read from this file, with `dataset`"},
      {"dataset", "the path of a dataset in the file", "none", "a number for each neuron of the layer"}};
  keys.insert(keys.end(), more.begin(), more.end());
  return keys;
}

std::vector<TableReference> network_tables() {
  return {
      {"network",
       Form::single,
       "The network. Outputs are the neurons of the last layer in the file.",
       {{"time_constant", positive_number, "0.1", "lambda: the time constant of a neuron"},
        {"thresholds", truth, "false", "whether neurons have thresholds, which are learned like weights"},
        {"initial_thresholds", "a value", "0.0", "thresholds at the start, over all neurons", value_keys},
        {"split_thresholds", truth, "false",
         "whether every threshold is the sum of two weights, threshold and bias, each with its own momentum"},
        {"initial_biases", "a value", "0.0", "biases at the start, over all neurons, with `split_thresholds`",
         value_keys},
        {"initial_state", "a value", "0.0", "y(0), over all neurons", value_keys}}},
      {"network.layer",
       Form::repeated,
       "A layer of neurons. At least one is required.",
       {{"name", "letters, digits and _", "required", "unique"},
        {"neurons", "an integer from 1 to 2147483647", "required", "number of neurons"},
        {"transfer", "one of identity, tanh, logistic, softplus, erf", "\"tanh\"", "transfer function f"}}},
      {"network.projection",
       Form::repeated,
       "Synapses from one layer to another, at most one projection for each pair. Where none is given at all, "
       "consecutive layers are connected densely with gain 1; `projection = []` in `[network]` means none.",
       {{"from", layer_name, "required", "the pre-synaptic layer"},
        {"to", layer_name, "required", "the post-synaptic layer; the same or an earlier one makes it recurrent"},
        {"connect", "\"dense\", { fan_in = K } or { band = B }", "\"dense\"",
         "which pre-synaptic neurons l a post-synaptic neuron k sees: all, K distinct ones that are drawn, or those "
         "with |l/n_pre - k/n_post| n_pre <= B",
         "fan_in band"},
        {"weights", "a value, or a normal distribution with gain", "{ distribution = \"normal\", gain = 1.0 }",
         "initial weights. `gain` in place of `sd` means sd = gain / sqrt(fan-in), and is the default of a normal "
         "distribution here. Lists and datasets: n_post rows of n_pre, nested or flat; where sparse also one number "
         "for each synapse, by rows",
         weight_keys}}}};
}

std::vector<TableReference> stimulus_tables() {
  return {
      {"stimulus", Form::single, "External input Y(t) beside the particles; none by default.", {}},
      {"stimulus.constant", Form::either, "Input that is always on. Several add up.", layer_value_keys("value", {})},
      {"stimulus.step", Form::either, "Input that is on between two phases of the epoch. Several add up.",
       layer_value_keys("value",
                        {{"start", "a phase in [0, run.epoch_length]", "required", "on from this phase"},
                         {"stop", "a phase in [0, run.epoch_length], after start", "required", "up to this phase"},
                         {"epochs", epoch_range, "all", "first and last epoch, both included"}})}};
}

std::vector<TableReference> gauge_tables() {
  return {{"gauge",
           Form::single,
           "Minimal coupling to a prescribed gauge field.",
           {{"charge", number, "0.0", "c: charge of the neurons"}}},
          {"gauge.field", Form::either,
           "The field A(t) = value cos(2 pi frequency t + phase) of one layer. Several add up.",
           layer_value_keys("constant", {{"frequency", number, "0.0", "in periods a unit of time"},
                                         {"phase", number, "0.0", "in radians"}})}};
}

std::vector<TableReference> constraint_tables() {
  constexpr std::string_view names = "letters, digits and _";
  return {
      {"gauge.constraint",
       Form::either,
       "A constraint G = sum of terms - value = 0, linear in phase space, and the flow lambda(t) {., G} along it. What "
       "is gauge and what is not follows from the brackets: docs/gauge.md.",
       {{"name", names, "required", "unique"},
        {"layer", layer_name, "none",
         "one constraint for each neuron of this layer, called NAME[0], NAME[1], ...: that neuron stands in the terms "
         "that name none"},
        {"value", number, "0.0", "what the sum of the terms is to be"},
        {"displacement", "a value", "0.0",
         "beta: how far the initial data are moved along {., G}; first-class constraints only. A list has a number for "
         "each constraint",
         value_keys}}},
      {"gauge.constraint.terms",
       Form::repeated,
       "A coefficient times one component of phase space. At least one is required.",
       {{"of", "one of state, delta, weight, momentum", "required", "y, Delta, W or M"},
        {"synapse", "thresholds, biases or the FROM-TO of a projection", "required with weight and momentum",
         "which weight"},
        {"neuron", "a neuron of the network, from 0", "that of the layer",
         "index over the whole network, of y, Delta, a threshold or a bias"},
        {"post", "a neuron of the post-synaptic layer, from 0", "that of the layer",
         "index within its layer, of the synapse of a projection"},
        {"pre", "a neuron of the pre-synaptic layer, from 0", "required with a projection", "index within its layer"},
        {"coefficient", "a number other than 0", "1.0", "what the component is multiplied by"}}},
      {"gauge.constraint.multiplier",
       Form::single,
       "lambda(t) of a first-class constraint; 0 by default. Those of second-class constraints are solved for.",
       {{"function", "one of constant, cosine, random", "\"constant\"",
         "constant: the amplitude; cosine: amplitude cos(2 pi frequency t + phase); random: amplitude times a sum of "
         "eight harmonics of variance 1, with frequencies up to `frequency`, that is drawn"},
        {"amplitude", number, "required", "of lambda"},
        {"frequency", positive_number, "1.0", "in periods a unit of time; of cosine and random"},
        {"phase", number, "0.0", "in radians; of cosine"}}}};
}

std::vector<TableReference> family_tables() {
  return {
      {"ensemble.family",
       Form::either,
       "A parameter of a family: one network throughout, to which each member adds its own number. With two parameters "
       "the members are their product, the first slowest. Not beside `vary`.",
       {{"vary", "one of initial_state, stimulus", "required", "the number is added to y(0), or to the input Y"},
        {"neuron", "a neuron, from 0", "required", "of this neuron; index over the whole network"},
        {"low", number, "required", "of the first member"},
        {"high", "a number > low", "required", "of the last member"},
        {"count", "an integer >= 2", "required", "members, in equal steps from low to high, both included"}}},
      {"wavefunction",
       Form::single,
       "The multivalued wavefunction of a family over one or two of its neurons. Only with `ensemble.family`.",
       {{"neurons", "a list of neurons", "required",
         "the axes, as many as the family has parameters; indices over the whole network"},
        {"hbar", positive_number, "1.0", "Planck's constant: the phase is J/hbar"},
        {"times", "a list of numbers, ascending", "required",
         "when; each is moved to the nearest sample, and between two epochs to the start of the later one"},
        {"grid", "a list of integers from 2 to 65536", "[256], or [64, 64]", "cells of each axis"},
        {"range", "an interval [low, high] for each axis", "that of the members at all times", "of the cells"}}}};
}

TableReference kernel_table() {
  return {"kernel",
          Form::single,
          "The path kernel of the learning run, and what it says of the change of the outputs (docs/path-kernel.md). "
          "With an ensemble, of the first member. Not with recurrent projections.",
          {{"layer", layer_name, "required", "the layer that the patterns are shown to, in place of all other input"},
           {"patterns", "a list of patterns, each a list of numbers, or { file, dataset }", "required",
            "inputs of the kernel: a row of a number for each neuron of the layer. A stimulus that is the same at all "
            "times stands before them as pattern 0",
            "file dataset"},
           {"outputs", "a list of outputs, ascending", "all",
            "whose kernel is formed: indices into the last layer. Patterns times outputs may be 2048 at most"},
           {"nodes_per_epoch", "an even integer from 2 to 256", "8",
            "intervals of the Clenshaw-Curtis quadrature over an epoch, or over each stretch between jumps of the "
            "stimulus"}}};
}

std::vector<TableReference> evaluate_tables() {
  return {
      {"evaluate",
       Form::single,
       "Sets of patterns on which the network is judged with its weights held fast (docs/evaluation.md): before the "
       "first epoch, after every so many and after the last. Not with recurrent projections, nor with `error` lyapunov "
       "or bellman.",
       {{"layer", layer_name, "required",
         "the layer that the patterns are shown to, beside `stimulus.constant` and in place of all other input"},
        {"every", "an integer >= 1", "1", "so many epochs from one evaluation to the next"},
        {"choose", "the name of a set", "none",
         "the best epoch is the one with the highest accuracy on this set; of equals that with the lowest error, then "
         "the earliest"}}},
      {"evaluate.set",
       Form::repeated,
       "A set of patterns with targets, in an HDF5 file. At least one is required.",
       {{"name", "letters, digits and _", "required", "unique"},
        {"file", "the name of an HDF5 file", "required", "relative to the input file"},
        {"inputs", "the path of a dataset in the file", "required", "a row a pattern, a column a neuron of the layer"},
        {"targets", "the path of a dataset in the file", "required",
         "class labels: an integer a pattern, the output that is to be largest, from 0; or rows of a number for each "
         "output"}}}};
}

std::vector<TableReference> all_tables() {
  std::vector<TableReference> tables{{"", Form::single, "", {}}, run_table()};
  const auto append = [&tables](std::vector<TableReference> more) {
    tables.insert(tables.end(), more.begin(), more.end());
  };
  append(network_tables());
  append({learning_table()});
  append(stimulus_tables());
  append({pattern_table()});
  append(particle_tables());
  append(boltzmann_tables());
  append(gauge_tables());
  append(constraint_tables());
  append({kernel_table()});
  append(environment_tables());
  append(evaluate_tables());
  append({ensemble_table()});
  append(family_tables());
  append({solver_table()});
  append(run_file_tables());
  return tables;
}

}  // namespace

const std::vector<TableReference>& reference() {
  static const std::vector<TableReference> tables = all_tables();
  return tables;
}

}  // namespace hjnet
