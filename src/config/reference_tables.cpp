// The keys of the input file. The reader takes its "expected ..." from here; defaults are repeated in settings.hpp,
// and a unit test compares the two.
#include "config/reference.hpp"

namespace hjnet {

namespace {

using Form = TableReference::Form;

constexpr std::string_view value_keys = "values distribution mean sd low high file dataset";
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

TableReference run_table() {
  return {
      "run",
      Form::single,
      "What is run and for how long.",
      {{"name", "a name without /", "the input file's stem", "names the run and its output file"},
       {"epochs", "an integer >= 1", "1", "number of epochs"},
       {"epoch_length", positive_number, "1.0", "T: the length of an epoch, and the delay of the weights"},
       {"samples_per_epoch", "an integer >= 1", "64", "S: output at 0, T/S, ..., T of each epoch, both ends included"},
       {"seed", "an integer >= 0", "0", "of everything that is drawn"}}};
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

TableReference learning_table() {
  return {
      "learning",
      Form::single,
      "The error functional, and what becomes of the weights.",
      {{"enabled", truth, "true", "false: weights stay as they are (M = 0)"},
       {"inertia", "a number other than 0", "-1.0", "omega: inertia of the weights. Its sign matters"},
       {"epoch_memory", "a number in [0, 1]", "1.0", "mu: weight of each earlier epoch; 1 is the paper's Hamiltonian"},
       {"delta", "one of terminal, initial, off", "\"terminal\"",
        "boundary condition of Delta: 0 at the end of every epoch, or given at the start; off: Delta = 0"},
       {"momentum", "one of terminal, initial", "\"terminal\"",
        "boundary condition of M: 0 at the end of every epoch, or 0 at the start of the run"},
       {"initial_delta", "a value", "0.0", "Delta(0) over all neurons, with `delta = \"initial\"`", value_keys},
       {"error", "one of squared, cross_entropy, lyapunov, bellman", "\"squared\"",
        "error functional E: half the squared distance from the target, the cross entropy of softmax(y) with it, the "
        "Hopfield energy of a symmetric recurrent network, or half the squared Bellman error of `environment`; the "
        "last two have no target"},
       {"target", "a value", "0.0",
        "d, over the outputs; not beside targets of `stimulus.patterns`. With `error = \"cross_entropy\"` not negative "
        "and with sum 1",
        value_keys},
       {"weight_decay", "a number >= 0", "0.0", "kappa: adds kappa |W|^2 / 2 to E"}}};
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

std::vector<KeyReference> port_keys() {
  return {{"stokes", "three numbers with sum of squares <= 1", "required", "the Stokes vector of the state fed in"},
          {"neurons", "a list of neurons, each from 0 and below the number of neurons", "required",
           "the port: indices over the whole network. Ports share no neuron; at most three neurons unless there is a "
           "coupling"},
          {"time", "a phase in [0, run.epoch_length]", "required", "centre of the pulse exp(-((tau - time)/width)^2)"},
          {"width", positive_number, "required", "of the pulse"},
          {"epochs", epoch_range, "all", "first and last epoch with a pulse, both included"},
          {"coupling", "a row of three numbers for each neuron of the port", "component i to neuron i",
           "the matrix C by which Stokes components enter the port's neurons"}};
}

std::vector<TableReference> quantum_tables() {
  constexpr std::string_view rates = "a number >= 0, or two";
  return {
      {"particles",
       Form::single,
       "The two particles. Without this table there is no quantum stage.",
       {{"amplitude", number, "1.0", "of the pulses"},
        {"closure", "one of bilinear, backpropagation, full, mean_field", "\"bilinear\"",
         "which factors of the Hamiltonian become operators: Delta and F, Delta alone, or Delta, F and the error; "
         "mean_field is "
         "bilinear with each particle seeing the other's mean alone: a control, which never entangles"},
        {"feedback", truth, "false",
         "true: from the second epoch on the ports are fed the Stokes vectors that the mixture of the modes has at the "
         "epoch's start, instead of the given ones; not with `boltzmann.memory` symmetric or window"}}},
      {"particles.a", Form::single, "How particle A enters. Required with `[particles]`.", port_keys()},
      {"particles.b", Form::single, "How particle B enters. Required with `[particles]`.", port_keys()},
      {"boltzmann",
       Form::single,
       "The quantum Boltzmann equation. Only with `[particles]`.",
       {{"charge", number, "1.0", "q: scales the Hamiltonian"},
        {"volume", positive_number, "0.5", "V: quantisation volume; eta = 1/(2 k0 V)"},
        {"memory", "one of none, symmetric, causal, window, exponential", "\"none\"",
         "times that the second-order term sees"},
        {"window", positive_number, "0.5", "half-width of the memory, with `memory = \"window\"`"},
        {"correlation_time", positive_number, "0.7",
         "tau: the memory weighs the past by exp(-(t - t')/tau), with `memory = \"exponential\"`"},
        {"second_order", "one of redfield, regularised, average", "\"redfield\"",
         "the paper's second-order term, which may leave the states; its completely positive part; or, with `memory = "
         "\"causal\"` and `\"exponential\"`, the average over the noise of which it is the lowest order"},
        {"mediator_noise", "a number >= 0", "0.0",
         "x: noise in units of what a mediator that measures and feeds forward must add at least; at 1 no product "
         "state "
         "is ever entangled"},
        {"critical", truth, "false",
         "true: look for the smallest mediator noise and dephasing at which no sample is entangled"},
        {"k0", "a list of numbers > 0", "[1.0]", "a momentum mode each"},
        {"weights", "numbers >= 0 with sum 1, one for each number of k0", "[1.0]",
         "of the modes in the mixture; a sum that is 1 to 1e-6 is made 1"},
        {"positivity_tolerance", "a number >= 0", "1e-6",
         "a state with an eigenvalue below minus this is flagged unphysical"}}},
      {"boltzmann.bath",
       Form::single,
       "What else acts on the particles, each by itself, along an axis n.",
       {{"dephasing", rates, "0.0", "gamma_phi: coherences decay by exp(-gamma_phi t)"},
        {"relaxation", rates, "0.0",
         "gamma: from n.sigma = +1 to -1 with gamma (occupation + 1), back with gamma occupation"},
        {"occupation", rates, "0.0", "mean number of quanta of the bath; needs a relaxation"},
        {"axis", "three numbers, not all 0, or a pair of such", "[0, 0, 1]",
         "n, of both particles or of A and B; made of length 1"}}},
      {"gauge",
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

std::vector<TableReference> output_tables() {
  return {
      {"ensemble",
       Form::single,
       "Many networks that differ in what is drawn. Without this table there is one.",
       {{"members", "an integer >= 1", "required without a family", "number of members; with `known`, of a group"},
        {"first", "an integer >= 0", "0", "number of the first member: parts of an ensemble can be run apart"},
        {"vary",
         "a list of distinct names of weights, stimulus, target, initial_state, thresholds, multipliers, displacements",
         "[\"weights\", \"stimulus\", \"target\"]", "what is drawn anew for each member"},
        {"known",
         "a list of distinct names of weights, stimulus, target, initial_state, thresholds, multipliers, displacements",
         "[]",
         "the part of `vary` that the observer knows: drawn anew for each group only, so that the state of a group is "
         "the "
         "observer's"},
        {"groups", "an integer >= 1", "1", "number of groups, with `known`: there are groups x members runs"}}},
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
        {"range", "an interval [low, high] for each axis", "that of the members at all times", "of the cells"}}},
      {"solver",
       Form::single,
       "The integrator.",
       {{"engine", "one of coupled, waveform, auto", "\"auto\"",
         "how an epoch is solved: coupled (CVODE over neurons and weights), waveform (neurons at all times of the "
         "epoch at "
         "once, weights as factors), auto (waveform, but coupled with constraints, and with error lyapunov where "
         "weights "
         "learn)"},
        {"method", "one of bdf, adams", "\"bdf\"", "CVODE's linear multistep method"},
        {"relative_tolerance", "a number > 0 and <= 0.1", "1e-8", "of every component"},
        {"absolute_tolerance", positive_number, "1e-10", "of every component"}}},
      {"output",
       Form::single,
       "The run file.",
       {{"file", "the name of a file", "NAME.h5", "relative to the working directory"},
        {"states", truth, "false", "whether y and Delta are stored at every sample"},
        {"weights", "one of none, last, all", "\"last\"", "which weights and momenta are stored, at ends of epochs"}}},
      {"output.checkpoint",
       Form::single,
       "Checkpoints, from which `--restart` goes on. By default one is written after the last epoch, on SIGINT "
       "(Ctrl-C), SIGTERM, SIGUSR1, SIGUSR2, SIGHUP and SIGXCPU, and at the end of `--max-walltime`.",
       {{"every_epochs", "an integer >= 1", "none", "also after each so many epochs"},
        {"every_minutes", positive_number, "none", "also after each so many minutes of wall time"},
        {"final", truth, "none",
         "whether one is written after the last epoch, from which the finished run can be extended. By default it is "
         "where checkpoints are written otherwise too, and else unless it would be larger than the run file and 1 GiB "
         "(those of all members of an ensemble together) or more than 64 files"},
        {"keep", "an integer >= 1", "2", "how many are kept, the newest; with an ensemble, of each member"},
        {"redo_minutes", "a number >= 0", "10.0",
         "where a checkpoint falls into an epoch that has been under way for less, it holds the start of that epoch, "
         "which is done again after a restart: the result is bit-identical. Otherwise it also holds the sweep in "
         "progress: the result agrees to solver tolerance"},
        {"directory", "the name of a directory", "\"checkpoints\"", "relative to the working directory"}}}};
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
  append(quantum_tables());
  append(constraint_tables());
  append({kernel_table()});
  append(environment_tables());
  append(evaluate_tables());
  append(output_tables());
  return tables;
}

}  // namespace

const std::vector<TableReference>& reference() {
  static const std::vector<TableReference> tables = all_tables();
  return tables;
}

}  // namespace hjnet
