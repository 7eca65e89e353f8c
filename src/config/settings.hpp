#pragma once
/// Everything that an input file says, typed and validated. Written once by load_settings() and never changed after;
/// no other part of hjnet reads TOML. Names follow the input file's; units are dimensionless, time is in the unit of
/// `run.epoch_length` unless said otherwise.

#include "config/choices.hpp"
#include "config/document/value.hpp"
#include "config/environment_settings.hpp"

#include <array>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace hjnet {

/// A value over the neurons of one layer.
struct LayerValue {
  int layer = 0;  ///< index into NetworkSettings::layers
  Value value;
  bool operator==(const LayerValue&) const = default;
};

struct LayerSettings {
  std::string name;
  std::int64_t neurons = 0;
  Transfer transfer = Transfer::tanh;
  bool operator==(const LayerSettings&) const = default;
};

/// Which pre-synaptic neurons a post-synaptic neuron sees.
struct Connectivity {
  enum class Kind { dense, fan_in, band };
  Kind kind = Kind::dense;
  std::int64_t size =
      0;  ///< fan_in: neurons a row, distinct, drawn; band: half-width b, |l/n_pre - k/n_post| n_pre <= b
  bool operator==(const Connectivity&) const = default;
};

struct ProjectionSettings {
  int from = 0, to = 0;  ///< layer indices; to <= from is recurrent
  Connectivity connect;
  Value weights{.kind = Value::Kind::normal, .gain = 1.0};
  /// Kind::list: n_post x n_pre numbers, row by row (rows = post), or, where sparse, one a synapse in row order,
  /// columns ascending within a row (full matrices are also taken where sparse; entries off the pattern must be 0).
  bool operator==(const ProjectionSettings&) const = default;
};

struct NetworkSettings {
  double time_constant = 0.1;  ///< lambda > 0
  bool thresholds = false;
  Value initial_thresholds;       ///< over the N neurons
  bool split_thresholds = false;  ///< each threshold is theta + b, both weights of their own (model.md, section 5)
  Value initial_biases;           ///< b, over the N neurons; with split_thresholds
  Value initial_state;            ///< y(0), over the N neurons
  std::vector<LayerSettings> layers;
  std::vector<ProjectionSettings> projections;  ///< defaults filled in; at most one a (from, to) pair
  [[nodiscard]] std::int64_t neurons() const {
    std::int64_t n = 0;
    for (const auto& layer : layers) n += layer.neurons;
    return n;
  }
  /// FROM-TO: how input, output and messages call a projection.
  [[nodiscard]] std::string name_of(const ProjectionSettings& projection) const {
    return layers[static_cast<std::size_t>(projection.from)].name + "-" +
           layers[static_cast<std::size_t>(projection.to)].name;
  }
  bool operator==(const NetworkSettings&) const = default;
};

struct LearningSettings {
  bool enabled = true;
  double inertia = -1.0;      ///< omega != 0
  double epoch_memory = 1.0;  ///< mu in [0, 1]
  Boundary delta = Boundary::terminal;
  Boundary momentum = Boundary::terminal;  ///< terminal or initial
  Value initial_delta;                     ///< over the N neurons; with delta = initial
  ErrorKind error = ErrorKind::squared;
  Value target;               ///< d, over the outputs
  double weight_decay = 0.0;  ///< kappa >= 0: E += kappa/2 |W|^2
  bool operator==(const LearningSettings&) const = default;
};

/// External input that is on between two phases of the epoch: Y_k += value for start <= tau < stop.
struct StepStimulus {
  LayerValue input;
  double start = 0.0, stop = 0.0;       ///< phases, 0 <= start < stop <= T; each inside (0, T) is a breakpoint
  int first_epoch = 0, last_epoch = 0;  ///< inclusive
  bool operator==(const StepStimulus&) const = default;
};

/// A set of patterns in an HDF5 file. Shapes are checked by load_settings(); the numbers themselves are read, and their
/// finiteness and the labels' range checked, by PatternSet.
struct PatternSource {
  std::filesystem::path file;  ///< absolute
  std::string inputs;          ///< dataset, P x neurons of the layer that they are shown to
  std::string targets;         ///< dataset, P x outputs, or P class labels from 0; empty: none
  bool labels = false;         ///< targets are class labels: the target of class c is 1 at output c, 0 elsewhere
  std::int64_t patterns = 0;   ///< P
  bool operator==(const PatternSource&) const = default;
};

/// Patterns shown one after another in slots of equal length: Y of the layer += the pattern's inputs, and the target is
/// the pattern's. Epoch n shows numbers n B .. (n+1) B - 1 of an endless sequence of passes through the set.
struct PatternSettings {
  PatternSource source;
  int layer = 0;               ///< index of the layer that they are shown to
  std::int64_t per_epoch = 0;  ///< B: slots of an epoch, each T/B long
  bool shuffle = false;        ///< every pass in an order of its own, drawn; else that of the file
  double onset = 0.0;          ///< time over which a slot's input takes over from the one before, < T/B; 0: a jump
  bool operator==(const PatternSettings&) const = default;
};

struct StimulusSettings {
  std::vector<LayerValue> constant;
  std::vector<StepStimulus> steps;
  std::optional<PatternSettings> patterns{};
  bool operator==(const StimulusSettings&) const = default;
};

/// Closures to whose coefficients the error functional adds.
constexpr bool has_operator_error(Closure closure) {
  return closure == Closure::full || closure == Closure::mixed;
}

struct PortSettings {
  std::array<double, 3> stokes{};
  std::vector<std::int64_t> neurons;            ///< global indices from 0
  double time = 0.0, width = 0.0;               ///< pulse exp(-((tau-time)/width)^2)
  int first_epoch = 0, last_epoch = 0;          ///< inclusive; default all
  std::vector<std::array<double, 3>> coupling;  ///< C_k mu, a row a neuron; default: component mu on neuron mu
  std::array<double, 3> axis{};                 ///< n, of length 1, with Closure::branches: those are fed +n and -n
  bool operator==(const PortSettings&) const = default;
};

struct ParticleSettings {
  double amplitude = 1.0;
  Closure closure = Closure::bilinear;
  PortSettings a, b;
  bool feedback = false;  ///< at every epoch's start the ports are fed the Stokes vectors of the current mixture
  bool operator==(const ParticleSettings&) const = default;
};

/// Rates of [A, B], and the axis along which each is measured, of length 1.
struct BathSettings {
  std::array<double, 2> dephasing{}, relaxation{}, occupation{};
  std::array<std::array<double, 3>, 2> axis{{{0.0, 0.0, 1.0}, {0.0, 0.0, 1.0}}};
  bool operator==(const BathSettings&) const = default;
};

struct BoltzmannSettings {
  double charge = 1.0;  ///< q
  double volume = 0.5;  ///< V; eta = 1/(2 k0 V)
  Memory memory = Memory::none;
  double window = 0.5;            ///< tau, with Memory::window
  double correlation_time = 0.7;  ///< tau, with Memory::exponential
  SecondOrder second_order = SecondOrder::redfield;
  double mediator_noise = 0.0;  ///< x
  BathSettings bath;
  bool critical = false;    ///< whether to look for the noise at which the entanglement vanishes
  bool mean_field = false;  ///< follows from particles.closure: each particle sees the other's mean alone
  std::vector<double> k0{1.0}, weights{1.0};
  double positivity_tolerance = 1e-6;
  /// With Closure::branches: how far apart outputs, or weights, are told from one another; 0: not at all.
  double sigma_neurons = 0.0, sigma_weights = 0.0;
  bool operator==(const BoltzmannSettings&) const = default;
};

/// A_k(t) = value_k cos(2 pi frequency t + phase) on one layer.
struct GaugeField {
  LayerValue amplitude;
  double frequency = 0.0, phase = 0.0;
  bool operator==(const GaugeField&) const = default;
};

/// coefficient times one component of phase space.
struct ConstraintTerm {
  enum class Quantity { state, delta, weight, momentum };  ///< y, Delta, W, M
  enum class Synapse { projection, threshold, bias };
  Quantity quantity = Quantity::momentum;
  Synapse synapse = Synapse::threshold;  ///< of weight and momentum
  int projection = 0;                    ///< index into NetworkSettings::projections, with Synapse::projection
  std::int64_t neuron = 0;               ///< global index of y, Delta; of the post-synaptic neuron
  std::int64_t pre = 0;                  ///< global index of the pre-synaptic neuron, with Synapse::projection
  double coefficient = 1.0;
  bool operator==(const ConstraintTerm&) const = default;
};

/// lambda^a(t): amplitude times a function of time that has a name.
struct Multiplier {
  /// 1; cos(2 pi frequency t + phase); a drawn sum of harmonics with frequencies up to `frequency`, of unit variance
  enum class Kind { constant, cosine, random };
  Kind kind = Kind::constant;
  double amplitude = 0.0, frequency = 1.0, phase = 0.0;
  bool operator==(const Multiplier&) const = default;
};

/// G = sum of terms - value = 0, with the flow lambda {., G} (28)-(36). One written for a layer stands here once for
/// each of its neurons.
struct ConstraintSettings {
  std::string name;
  std::vector<ConstraintTerm> terms;
  double value = 0.0;
  Multiplier multiplier;  ///< of first-class constraints
  Value displacement;     ///< beta: how far along {., G} the initial data are moved, one number
  bool operator==(const ConstraintSettings&) const = default;
};

struct GaugeSettings {
  double charge = 0.0;  ///< c
  std::vector<GaugeField> fields;
  std::vector<ConstraintSettings> constraints{};
  bool operator==(const GaugeSettings&) const = default;
};

/// One parameter a of a family of members: it goes from low to high in `count` equal steps, ends included.
struct FamilyParameter {
  enum class Quantity { initial_state, stimulus };  ///< a is added to y_k(0), or to Y_k
  Quantity quantity = Quantity::initial_state;
  std::int64_t neuron = 0;  ///< global index
  double low = -1.0, high = 1.0;
  int count = 0;
  bool operator==(const FamilyParameter&) const = default;
};

/// What of a network is drawn; multipliers and displacements are those of gauge constraints.
struct DrawnParts {
  bool weights = false, stimulus = false, target = false, initial_state = false, thresholds = false;
  bool multipliers = false, displacements = false;
  bool operator==(const DrawnParts&) const = default;
};

struct EnsembleSettings {
  int members = 1;  ///< all runs: `groups` times those of a group, which share what is known
  int first = 0;    ///< number of the first; the first of a group where something is known
  int groups = 1;
  DrawnParts vary{.weights = true, .stimulus = true, .target = true};
  DrawnParts known{};  ///< a part of vary
  [[nodiscard]] int group_size() const { return members / groups; }
  std::vector<FamilyParameter> family{};  ///< one or two: the members are their product, the first slowest
  bool operator==(const EnsembleSettings&) const = default;
};

/// psi of an ensemble's family over one or two neurons (model.md, section 9).
struct WaveSettings {
  std::vector<std::int64_t> neurons;         ///< one or two global indices: the axes
  double hbar = 1.0;                         ///< > 0
  std::vector<double> times;                 ///< of the run; each is moved to the nearest sample
  std::vector<std::int64_t> grid;            ///< points an axis
  std::vector<std::array<double, 2>> range;  ///< an axis; empty: that of the members
  bool operator==(const WaveSettings&) const = default;
};

/// The path kernel of a learning run for some input patterns.
struct KernelSettings {
  int layer = 0;                      ///< index of the layer that the patterns are shown to, in place of the stimulus
  std::int64_t patterns = 0;          ///< P
  Value inputs;                       ///< Kind::list: P x neurons of the layer, row by row
  std::vector<std::int64_t> outputs;  ///< whose kernel it is: distinct indices into the last layer, ascending
  int nodes_per_epoch = 8;            ///< of the quadrature over the path: even; both ends of an epoch are nodes too
  bool operator==(const KernelSettings&) const = default;
};

/// A set of patterns that the network is judged on with its weights held fast.
struct EvaluationSet {
  std::string name;
  PatternSource source;  ///< with targets
  bool operator==(const EvaluationSet&) const = default;
};

/// When and on what the network is judged.
struct EvaluateSettings {
  std::vector<EvaluationSet> sets;  ///< at least one; names are distinct
  int layer = 0;                    ///< index of the layer that they are shown to
  int every = 1;                    ///< before the first epoch, after each so many, and after the last
  std::optional<int> choose{};      ///< index of the set by whose error or accuracy the best epoch is chosen
  bool operator==(const EvaluateSettings&) const = default;
};

struct SolverSettings {
  EngineKind engine = EngineKind::automatic;
  Method method = Method::bdf;
  double relative_tolerance = 1e-8, absolute_tolerance = 1e-10;
  /// A quantity whose largest value is below this is not looked at relative to it, but to this.
  [[nodiscard]] double floor() const { return absolute_tolerance / relative_tolerance; }
  bool operator==(const SolverSettings&) const = default;
};

/// When checkpoints are written, beside those on a signal or at the end of the wall time, and which are kept.
struct CheckpointSettings {
  int every_epochs = 0;                             ///< after each so many epochs; 0: none
  double every_minutes = 0.0;                       ///< of wall time; 0: none
  std::optional<bool> final{};                      ///< after the last epoch; nothing: where it is small
  int keep = 2;                                     ///< the newest that are kept, >= 1; of each member of an ensemble
  double redo_minutes = 10.0;                       ///< >= 0: an epoch under way for less is done again after a restart
  std::filesystem::path directory = "checkpoints";  ///< relative to the working directory
  bool operator==(const CheckpointSettings&) const = default;
};

struct OutputSettings {
  std::filesystem::path file;
  bool states = false;
  WeightOutput weights = WeightOutput::last;
  CheckpointSettings checkpoint;
  bool operator==(const OutputSettings&) const = default;
};

struct Settings {
  std::string name;
  std::filesystem::path source;  ///< the input file
  int epochs = 1;
  double epoch_length = 1.0;   ///< T
  int samples_per_epoch = 64;  ///< S; an epoch has S+1 samples
  std::uint64_t seed = 0;
  NetworkSettings network;
  LearningSettings learning;
  StimulusSettings stimulus;
  std::optional<ParticleSettings> particles;
  BoltzmannSettings boltzmann;  ///< meaningful with particles only
  GaugeSettings gauge;
  std::optional<EnsembleSettings> ensemble;
  std::optional<WaveSettings> wavefunction;  ///< with an ensemble's family only
  std::optional<KernelSettings> kernel;
  std::optional<EnvironmentSettings> environment;  ///< with error = bellman only
  std::optional<EvaluateSettings> evaluate;
  SolverSettings solver;
  OutputSettings output;
  std::string resolved;  ///< the whole input as TOML with defaults and overrides put in; loads to the same settings

  /// Whether four networks stand beside the run's own: Closure::branches.
  [[nodiscard]] bool has_branches() const { return particles && particles->closure == Closure::branches; }
  /// S+1.
  [[nodiscard]] std::size_t samples_an_epoch() const { return static_cast<std::size_t>(samples_per_epoch) + 1; }
  [[nodiscard]] std::int64_t samples() const { return static_cast<std::int64_t>(epochs) * (samples_per_epoch + 1); }
  /// Members of the ensemble, one of a single network; and the number of the first.
  [[nodiscard]] int members() const { return ensemble ? ensemble->members : 1; }
  [[nodiscard]] int first_member() const { return ensemble ? ensemble->first : 0; }
  bool operator==(const Settings&) const = default;
};

}  // namespace hjnet
