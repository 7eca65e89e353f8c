#pragma once
/// The file that a run leaves behind (format "hjnet-run", version 1). It is laid out in full when it is made, filled
/// with NaN (integers: -1), its structure on disk before any data; then it is written epoch by epoch, and attributes in
/// place, so that a run that is killed leaves a readable file. `/progress/epochs_completed` says how far it is good.
///
/// Below, S+1 is the number of samples an epoch, both ends included, nt = epochs (S+1) that of the run, m the number of
/// momentum modes. All quantities are dimensionless; time is in the run's unit. Arrays are row by row.

#include "archive/archive.hpp"
#include "config/settings.hpp"
#include "network/layout.hpp"
#include "quantum/measures.hpp"

#include <mpi.h>

#include <array>
#include <complex>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace hjnet {

/// The scalars of consecutive samples, one number a sample each.
struct SampleSeries {
  std::vector<double> time;         ///< t
  std::vector<double> coupling;     ///< sum Delta F, with the gauge term
  std::vector<double> error;        ///< E
  std::vector<double> interaction;  ///< H_int (97)
  std::vector<double> kinetic;      ///< K / 2 omega
  std::vector<double> hamiltonian;  ///< H (42, 95)
  std::vector<double> action;       ///< J (92), J(0) = 0
  std::vector<double> pauli;        ///< c_alpha, 16 a sample, alpha = 4 mu + nu; empty without particles
  /// c_alpha at the nodes of operator_mesh(), 16 a node, epoch by epoch: what the particles see. Empty without them.
  std::vector<double> operators;
  /// With Closure::branches, of the branches ++, +-, -+, -- (a's axis first): H_int and J, 4 a sample; how far y, and
  /// W, are apart between any two, 16 a sample.
  std::vector<double> branch_interaction, branch_action, distance_y, distance_weights;
};

/// One of them, declared once: what is laid out of it for a run and for each member, written, read back, kept in
/// checkpoints and counted follows from here.
struct SeriesField {
  enum class Needs { nothing, particles, branches };
  const char* name;  ///< below /ensemble/member and in checkpoints
  const char* path;  ///< where a single network's stands, or the mean over the members
  std::vector<double> SampleSeries::*values;
  const char* description;
  const char* more;        ///< to the description, of a single network's
  const char* of_members;  ///< the same of the members'
  Needs needs = Needs::nothing;
  bool statistics = false;             ///< whether an ensemble has its mean and deviation
  std::array<std::uint64_t, 2> row{};  ///< shape of a sample; 0: no such dimension

  [[nodiscard]] bool is_there(const Settings& settings) const {
    if (needs == Needs::branches) return settings.has_branches();
    return needs == Needs::nothing || settings.particles;
  }
  /// Sizes of a dataset: these, then those of a sample.
  [[nodiscard]] std::vector<std::uint64_t> dims(std::vector<std::uint64_t> before) const {
    for (const auto size : row) {
      if (size > 0) before.push_back(size);
    }
    return before;
  }
};

/// All of them, time and operators left out.
inline constexpr auto series_fields = [] {
  using enum SeriesField::Needs;
  using S = SampleSeries;
  constexpr const char* a_row = ", a row a member";
  const auto scalar = [=](const char* name, const char* path, auto values, const char* description) {
    return SeriesField{name, path, values, description, "", a_row};
  };
  const auto averaged = [=](const char* name, const char* path, auto values, const char* description,
                            const char* more) {
    return SeriesField{name, path, values, description, more, a_row, nothing, true};
  };
  const auto branch = [](const char* name, const char* path, auto values, const char* description,
                         std::array<std::uint64_t, 2> row) {
    return SeriesField{name,
                       path,
                       values,
                       description,
                       " of the networks fed ++, +-, -+, -- (the axis of A first)",
                       " of the networks fed ++, +-, -+, -- (the axis of A first), of each member",
                       branches,
                       false,
                       row};
  };
  return std::array{
      scalar("coupling", "/series/coupling", &S::coupling, "sum over neurons of Delta F, with the gauge term"),
      scalar("error", "/series/error", &S::error, "error functional E"),
      averaged("interaction", "/series/interaction", &S::interaction, "learning potential H_int", ""),
      scalar("kinetic", "/series/kinetic", &S::kinetic, "kinetic term K / (2 omega)"),
      scalar("hamiltonian", "/series/hamiltonian", &S::hamiltonian, "Hamiltonian H"),
      averaged("action", "/series/action", &S::action, "action J", ", J(0) = 0"),
      SeriesField{"pauli",
                  "/series/pauli",
                  &S::pauli,
                  "coefficients c_alpha",
                  " of sigma_mu x sigma_nu in the interaction, alpha = 4 mu + nu",
                  " of each member",
                  particles,
                  false,
                  {16}},
      branch("branch_interaction", "/branches/interaction", &S::branch_interaction, "learning potential H_int", {4}),
      branch("branch_action", "/branches/action", &S::branch_action, "action J", {4}),
      branch("distance_y", "/branches/distance_y", &S::distance_y, "how far the outputs y are apart between any two",
             {4, 4}),
      branch("distance_weights", "/branches/distance_weights", &S::distance_weights,
             "how far the weights W are apart between any two", {4, 4}),
  };
}();

/// Numbers a sample of all that a run has, its time included.
std::int64_t series_numbers(const Settings& settings);

/// What constraints leave at the samples of an epoch, row by row: m numbers each, or one a constrained synapse.
struct ConstraintSamples {
  std::vector<double> values;            ///< G_a
  std::vector<double> multipliers;       ///< lambda^a
  std::vector<double> brackets;          ///< {G_a, H}, the multipliers' part left out
  std::vector<double> weights, momenta;  ///< W and M of the synapses that constraints act on
};

/// Whether the run file keeps y and Delta of all members: an ensemble with constraints, unless the network is large.
bool keeps_member_states(const Settings& settings);

struct FamilyEpoch;
struct Wave;
struct WaveAxis;

/// One epoch of one member: S+1 samples. The scalars are the same on every rank of the group.
struct EpochSamples : SampleSeries {
  int epoch = 0;  ///< from 0
  /// (S+1) x local neurons, in the order of a neuron vector; with output.states, a wavefunction or
  /// keeps_member_states() only.
  std::vector<double> y, delta;
  std::vector<double> gauge;  ///< c sum A F^2, which is part of `coupling`
  ConstraintSamples constraints;
};

/// Measures of one density matrix along the run, nt numbers each.
struct MeasureColumns {
  std::array<std::vector<double>, measure_table.size()> values;  ///< in the order of the table
  std::vector<std::int32_t> physical;  ///< 1; 0 where the smallest eigenvalue is below -positivity_tolerance
  [[nodiscard]] const std::vector<double>& of(double Measures::*measure) const;
};

/// The least noise at which no sample is entangled; 0 where none is without it, infinite where none is enough.
struct CriticalNoise {
  double mediator = 0.0;   ///< x
  double dephasing = 0.0;  ///< gamma_phi of both particles
  /// With Closure::branches, the other way round: the largest sigma, of outputs and of weights, at which no sample is
  /// entangled; infinite where none is anyway, 0 where none is small enough.
  double sigma_neurons = 0.0, sigma_weights = 0.0;
};

/// The groups below /weights or /momenta, `kind`, that a run writes. What is zero by definition is left out: M at the
/// ends of epochs where momenta are terminal, M(0) where they are initial, every M where W does not move.
std::vector<std::string> snapshots(const Settings& settings, const std::string& kind);

/// How the answers to one set of patterns went along the run, a number an evaluation.
struct EvaluationCurve {
  std::vector<double> error;
  std::vector<double> accuracy;  ///< empty where the network has a single output, and so nothing to choose between
  std::vector<std::int64_t> confusion{};  ///< of the last evaluation of this process, outputs x outputs; or empty
};

/// An ensemble in numbers, nt samples. The means of interaction and action are those of `mean`. The deviation is that
/// of the members about their mean, sqrt(sum (x - mean)^2 / (n - 1)). What concerns particles is empty without them.
struct EnsembleStatistics {
  SampleSeries mean;
  std::vector<double> interaction_deviation, action_deviation;
  std::vector<double> concurrence_mean, concurrence_deviation;  ///< of the members' mean density matrices
  std::vector<double> physical_fraction;                        ///< share of members whose sample is physical
  std::vector<std::complex<double>> density;                    ///< mean over the members, nt x 4 x 4
  /// Measures of the state of who knows what ensemble.known says, the mean over the groups of those of each group's
  /// mean density matrix; and their jackknife error, over the groups, or of a single one over its members (NaN where
  /// there is one of those).
  MeasureColumns state{}, state_error{};
  std::vector<EvaluationCurve> evaluation_mean, evaluation_deviation;  ///< a curve a set
};

/// The series of a run file of these settings, of one member, without time; independent.
SampleSeries read_series(const Archive& archive, const Settings& settings, int member);

/// c_alpha at the nodes of all epochs from a run file, of the member in a row of /operator; independent.
std::vector<double> read_operator_coefficients(const Archive& archive, std::uint64_t row);

/// Names and numbers for attributes.
using NamedNumbers = std::map<std::string, double>;

/// What a run file says of its run.
struct RunFileState {
  bool laid_out = false;  ///< false: a run was killed while it made the file, and nothing below is known
  std::string origin, input, data_digest;
  int epochs_completed = 0, member_epochs = 0;  ///< the latter: the most of any member
  bool finished = false;
  std::string member_finished;  ///< '1' for each member whose numbers are complete, else '0'; empty without ensemble
};

/// Reads that, as rank 0 sees it, on all ranks of `comm`; nothing where there is no file.
/// @throws config_error, on all ranks, where the file is something else than a run file that could be continued
std::optional<RunFileState> read_run_file_state(MPI_Comm comm, const std::filesystem::path& file);

/// What a finished member left in /ensemble/member, nt samples each.
struct StoredMember {
  SampleSeries series;  ///< without time
  std::vector<double> concurrence;
  std::vector<std::int32_t> physical;
  std::vector<std::complex<double>> density;
};

struct PathKernelResult;
struct SetResult;
struct ValueReport;

/// What a run has to say of its path kernel.
std::string describe_kernel(const Settings& settings, const PathKernelResult& kernel);

/// The open run file. What is collective throws the same io_error on all its ranks where a write fails on any.
/// `member` is the absolute number of an ensemble's member (settings.ensemble->first, ...), 0 without an ensemble. With
/// an ensemble /states, /weights, /momenta, /density and /entanglement hold member `first`, whose group must be the one
/// with rank 0 of `world`; /series holds the means; calls for other members write what /ensemble/member holds of them.
class RunFile {
public:
  /// Makes the file settings.output.file. Collective over `world`. `group` are the ranks that share a network: all of
  /// `world`, or a part of it where members run side by side. The layout is that of member `first` on the group with
  /// rank 0 of `world`; elsewhere its global sizes must agree. Throws config_error where the file exists and
  /// `overwrite` is false, io_error where it cannot be made. The communicators must outlive the object.
  RunFile(MPI_Comm world, MPI_Comm group, const Settings& settings, const NetworkLayout& layout, bool overwrite);

  /// Goes on with settings.output.file, of which the first `epochs` epochs are to be kept; `before` are the settings
  /// that it was laid out for. Where they ask for another layout (epochs, states, weights), a new file with the old
  /// content takes its place first. `note` is added to the attribute `restarts`. Collective over `world`.
  /// @throws io_error
  RunFile(MPI_Comm world, MPI_Comm group, const Settings& settings, const NetworkLayout& layout, const Settings& before,
          int epochs, const std::string& note);

  /// Says that this file follows from another run's. Collective over `world`.
  void name_parent(const std::string& run_id) { archive_.write_attribute("/", "parent_run_id", run_id); }

  /// Brings what this rank has written to the disk. Collective over the group. @throws io_error
  void sync() const;

  /// The id of this run, and of the first one of the chain that it continues.
  [[nodiscard]] const std::string& run_id() const { return run_id_; }
  [[nodiscard]] const std::string& origin() const { return origin_; }

  /// Writes an epoch's samples: to /series without an ensemble, else to the member's rows of /ensemble/member (and
  /// time, epoch and states for member `first`). Collective over the member's group.
  void write_epoch(int member, const EpochSamples& samples);

  /// Writes the scalars of the epochs from the first one on, as write_epoch() does, and how many there are. Collective
  /// over the member's group.
  void write_series(int member, int first_epoch, const SampleSeries& series);

  /// Writes the Stokes vectors that the ports were fed in the epochs from the first one on, 6 numbers an epoch; with
  /// particles.feedback only. Collective over the member's group.
  void write_stokes(int member, int first_epoch, std::span<const double> stokes);

  /// Writes W, or M, of all synapses, formed a block of rows at a time, under the name "initial", "final" or
  /// "epoch_00007" (after 7 epochs); nothing where output.weights does not ask for that one. Of member `first`;
  /// collective over its group.
  void write_weights(const std::string& which, const SynapseReader& read);
  void write_momenta(const std::string& which, const SynapseReader& read);

  /// Writes the path kernel of member `first`; nothing for the others. Collective over the member's group.
  void write_kernel(int member, const PathKernelResult& kernel);

  /// Writes what the evaluation `number` found, after `epoch` epochs: a result a set. Collective over the member's
  /// group.
  void write_evaluation(int member, std::size_t number, int epoch, const std::vector<SetResult>& results);
  /// Reads the curves of all sets of a member whose evaluations are all written; independent.
  [[nodiscard]] std::vector<EvaluationCurve> read_evaluation(int member) const;
  /// Writes the best epoch of each of this group's members (an ensemble's to their rows, that of member `first` as an
  /// attribute). Collective over `world`.
  void write_best_epochs(const std::vector<std::pair<int, int>>& members_and_epochs);

  /// Writes Q* of value iteration, [s][a], and what the last epoch done left of the learned values; of member `first`.
  /// Collective over the member's group; with settings.environment only, as the next.
  void write_optimal_values(int member, std::span<const double> values);
  void write_values(int member, const ValueReport& report);
  /// Writes the error of the learned values, and the number of states with a best action, of the epochs from the first
  /// one on. Collective over the member's group.
  void write_value_curves(int member, int first_epoch, std::span<const double> errors,
                          std::span<const double> optimal_states);

  /// Brings all that was written to the disk, then says that the first `epochs_completed` epochs are good. Collective
  /// over `world`.
  void complete_epoch(int epochs_completed);

  /// Writes a block of samples x momentum modes, a sample's modes side by side: rho (count[0] x count[1] x 4 x 4) and
  /// its measures. Any one rank may call; an error stays on it. Members other than `first` have no place for modes:
  /// nothing is written then.
  /// @param first, count  samples, modes
  void write_modes(int member, std::array<std::uint64_t, 2> first, std::array<std::uint64_t, 2> count,
                   std::span<const std::complex<double>> rho, const MeasureColumns& measures);

  /// Writes the mixture of the modes, rho-bar (nt x 4 x 4), and its measures; with an ensemble also the member's row of
  /// /ensemble/member. Any one rank may call; an error stays on it.
  void write_mean_density(int member, std::span<const std::complex<double>> rho, const MeasureColumns& measures);

  /// Writes a witness of the entanglement of member `first`'s mixture (4 x 4, row by row), with numbers for its
  /// attributes, from rank 0's. Collective over `world`.
  void write_witness(std::span<const std::complex<double>> witness, const NamedNumbers& numbers);

  /// Writes the critical noise of a member. Any one rank may call; an error stays on it.
  void write_critical(int member, const CriticalNoise& noise);
  [[nodiscard]] CriticalNoise read_critical(int member) const;
  /// Writes that of the observer's state; with an ensemble. Collective over `world`.
  void write_state_critical(const CriticalNoise& noise);

  /// Reads a scalar of the series at successive samples, without an ensemble; independent.
  void read_series(const std::string& name, std::uint64_t first_sample, std::span<double> values) const;

  /// Says that the numbers of these members are complete. Collective over `world`, each group with its own.
  void finish_members(const std::vector<int>& members);
  /// Reads what a finished member left; independent.
  [[nodiscard]] StoredMember read_member(int member) const;

  /// Writes /series, /ensemble/mean and /ensemble/deviation from rank 0's numbers. Collective over `world`; with an
  /// ensemble only.
  void write_ensemble_statistics(const EnsembleStatistics& statistics);

  /// Writes what an epoch of a family's member leaves for the wavefunction. Collective over the member's group; with
  /// settings.wavefunction only, as the four that follow.
  void write_family(int member, const EpochSamples& samples, const FamilyEpoch& epoch);
  /// The centres of the wavefunction's cells, from rank 0's axes; collective over `world`.
  void write_wave_axes(const std::vector<WaveAxis>& axes);
  /// The wavefunction at one of its times, which is the sample at `at`. Any one rank may call; an error stays on it.
  void write_wave(std::size_t time, double at, const Wave& wave);
  /// Sets attributes of /diagnostics from rank 0's numbers. Collective over `world`.
  void write_diagnostics(const NamedNumbers& numbers);
  /// Reads numbers that are complete on file; independent.
  [[nodiscard]] std::vector<double> read_part(const std::string& path, const Slab& slab) const;

  /// Set attributes of /fit and of /timing from rank 0's numbers. Collective over `world`.
  void write_fit(const NamedNumbers& numbers);
  void write_timing(const NamedNumbers& numbers);

  /// Closes the file, as finished or as one to be continued. Collective over `world`. Nothing may be called afterwards.
  void finish();
  void close() { archive_.close(); }

private:
  RunFile(MPI_Comm world, MPI_Comm group, const Settings& settings, const NetworkLayout& layout, Archive archive);
  void lay_out();
  void write_provenance();
  /// Puts a file of the new layout, with what the old one holds, in the old one's place.
  void replace_by_new_layout(const Settings& before);
  void continue_provenance(const std::string& note);
  void create_progress();
  void create_series();
  /// Of the fields with these needs, in their order: a single network's datasets, or those of the members.
  void create_fields(SeriesField::Needs needs, bool statistics, bool of_members);
  void create_field(const SeriesField& field, bool of_members);
  void create_branches();
  void create_states();
  void create_snapshots(const std::string& kind);
  void create_density();
  void create_operators();
  /// Of a quantity of the members: a row a member, and with `statistics` their mean and deviation.
  void create_members(const std::string& name, std::vector<std::uint64_t> dims, const std::string& description,
                      const std::string& of_members, bool statistics);
  void create_critical();
  void create_ensemble();
  void create_family();
  void write_parameters();
  [[nodiscard]] bool has_family() const { return settings_.ensemble && !settings_.ensemble->family.empty(); }
  void create_kernel();
  void create_evaluation();
  void create_environment();
  void write_evaluation_statistics(const EnsembleStatistics& statistics);
  void write_what_is_known();
  void write_pattern(const std::string& group, const MatrixLayout& matrix);
  void write_snapshot(const std::string& kind, const std::string& which, const SynapseReader& read);
  /// To /states, or to the rows of a member.
  void write_states(const std::string& path, std::optional<int> member, std::uint64_t row,
                    std::span<const double> values);
  void create_constraints();
  void write_constraints(int member, const EpochSamples& epoch);
  /// To /series, or to the rows of a member.
  void write_scalars(std::optional<int> member, std::uint64_t row, const SampleSeries& series);
  /// To the rows of /operator of a member, or of a single network's (0).
  void write_operators(int member, int first_epoch, std::span<const double> values);
  void write_rows(const std::string& path, std::uint64_t row, std::span<const double> values);
  /// To a member's rows of /ensemble/member from `row` on: samples, epochs or evaluations.
  void write_member(const std::string& quantity, int member, std::uint64_t row, std::span<const double> values);
  /// All but what says whether a state is physical, below a group.
  void write_measures(const std::string& group, const Slab& slab, const MeasureColumns& measures);
  void write_numbers(const std::string& group, const NamedNumbers& numbers);
  void expect_size(const std::string& path, std::uint64_t size, std::uint64_t expected) const;

  [[nodiscard]] std::uint64_t samples() const { return static_cast<std::uint64_t>(settings_.samples()); }
  [[nodiscard]] std::uint64_t member_row(int member) const { return static_cast<std::uint64_t>(member - first_); }

  MPI_Comm world_, group_;
  int world_rank_ = 0, group_rank_ = 0;
  bool holds_first_ = false;  ///< this rank's group runs member `first`
  Settings settings_;
  NetworkLayout layout_;  ///< without the sparse matrices' column indices, which are on file at once
  int first_ = 0;
  std::string run_id_, origin_;
  Archive archive_;
};

}  // namespace hjnet
