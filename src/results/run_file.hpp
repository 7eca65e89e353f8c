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
#include "results/series.hpp"

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

class RunFile;

/// What a part of the program adds to the run file.
struct RunFileSection {
  void (*lay_out)(RunFile&);  ///< its datasets, in a new file
  void (*open)(RunFile&);     ///< where a run begins, in any file: numbers that are not known yet
  const char* afresh;         ///< datasets whose names begin so are not carried over to other epochs; null: all are
};

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
  RunFile(MPI_Comm world, MPI_Comm group, const Settings& settings, const NetworkLayout& layout, bool overwrite,
          std::vector<RunFileSection> sections = {});

  /// Goes on with settings.output.file, of which the first `epochs` epochs are to be kept; `before` are the settings
  /// that it was laid out for. Where they ask for another layout (epochs, states, weights), a new file with the old
  /// content takes its place first. `note` is added to the attribute `restarts`. Collective over `world`.
  /// @throws io_error
  RunFile(MPI_Comm world, MPI_Comm group, const Settings& settings, const NetworkLayout& layout, const Settings& before,
          int epochs, const std::string& note, std::vector<RunFileSection> sections = {});

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

  /// Writes W, or M, of all synapses, formed a block of rows at a time, under the name "initial", "final" or
  /// "epoch_00007" (after 7 epochs); nothing where output.weights does not ask for that one. Of member `first`;
  /// collective over its group.
  void write_weights(const std::string& which, const SynapseReader& read);
  void write_momenta(const std::string& which, const SynapseReader& read);

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

  // What sections write with.

  [[nodiscard]] const Settings& settings() const { return settings_; }
  [[nodiscard]] const NetworkLayout& layout() const { return layout_; }
  [[nodiscard]] MPI_Comm world() const { return world_; }
  [[nodiscard]] MPI_Comm group() const { return group_; }
  [[nodiscard]] int world_rank() const { return world_rank_; }
  [[nodiscard]] int group_rank() const { return group_rank_; }
  [[nodiscard]] Archive& archive() { return archive_; }
  [[nodiscard]] const Archive& archive() const { return archive_; }
  /// nt.
  [[nodiscard]] std::uint64_t samples() const { return static_cast<std::uint64_t>(settings_.samples()); }
  /// Of an ensemble's members the first is kept in full.
  [[nodiscard]] bool is_first(int member) const { return member == first_; }
  /// Of a member in /ensemble/member.
  [[nodiscard]] std::uint64_t member_row(int member) const { return static_cast<std::uint64_t>(member - first_); }

  // Axes of datasets.
  [[nodiscard]] Dimension time_axis() const { return {"time", samples(), "/series"}; }
  [[nodiscard]] Dimension epoch_axis() const { return {"epoch", static_cast<std::uint64_t>(settings_.epochs)}; }
  [[nodiscard]] Dimension neuron_axis(const std::string& home = {}) const {
    return {"neuron", static_cast<std::uint64_t>(layout_.neurons), home};
  }
  /// One, first_member(), without an ensemble.
  [[nodiscard]] Dimension member_axis() const {
    return {"member", static_cast<std::uint64_t>(settings_.members()), {}, first_};
  }

  /// Lays out a quantity of the members: a row a member, and with `statistics` their mean and deviation. Collective
  /// over `world`.
  void create_members(const std::string& name, std::vector<Dimension> dims, const std::string& description,
                      const std::string& of_members, bool statistics);
  /// Writes whole rows from `row` on. Any one rank may call, as of the next three; an error stays on it.
  void write_rows(const std::string& path, std::uint64_t row, std::span<const double> values);
  /// To a member's rows of /ensemble/member from `row` on: samples, epochs or evaluations.
  void write_member(const std::string& quantity, int member, std::uint64_t row, std::span<const double> values);
  /// Both: what member `first` has as rows of `path` too, an ensemble's members as `quantity`.
  void write_run_and_member(const std::string& path, const std::string& quantity, int member, std::uint64_t row,
                            std::span<const double> values);
  /// This rank's neurons at an epoch's samples, (S+1) x local neurons, from sample `row` on: of a dataset with a row a
  /// sample, or of a member's rows.
  void write_states(const std::string& path, std::optional<int> member, std::uint64_t row,
                    std::span<const double> values);
  /// Sets attributes of a group from rank 0's numbers. Collective over `world`.
  void write_numbers(const std::string& group, const NamedNumbers& numbers);
  /// Says at the start of a run which numbers are not known yet. Collective over `world`.
  void open_sections();

  /// Set attributes of /fit and of /timing from rank 0's numbers. Collective over `world`.
  void write_fit(const NamedNumbers& numbers);
  void write_timing(const NamedNumbers& numbers);

  /// Closes the file, as finished or as one to be continued. Collective over `world`. Nothing may be called afterwards.
  void finish();
  void close() { archive_.close(); }

private:
  RunFile(MPI_Comm world, MPI_Comm group, const Settings& settings, const NetworkLayout& layout, Archive archive,
          std::vector<RunFileSection> sections);
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
  void create_critical();
  void create_ensemble();
  void write_parameters();
  [[nodiscard]] bool has_family() const { return settings_.ensemble && !settings_.ensemble->family.empty(); }
  void write_what_is_known();
  /// Of a sparse matrix: the group of its first snapshot, which has the indices of all of them.
  [[nodiscard]] std::string pattern_path(const MatrixLayout& matrix) const;
  void write_pattern(const MatrixLayout& matrix);
  void write_snapshot(const std::string& kind, const std::string& which, const SynapseReader& read);
  /// To /series, or to the rows of a member.
  void write_scalars(std::optional<int> member, std::uint64_t row, const SampleSeries& series);
  /// To the rows of /operator of a member, or of a single network's (0).
  void write_operators(int member, int first_epoch, std::span<const double> values);
  /// All but what says whether a state is physical, below a group.
  void write_measures(const std::string& group, const Slab& slab, const MeasureColumns& measures);
  void expect_size(const std::string& path, std::uint64_t size, std::uint64_t expected) const;

  MPI_Comm world_, group_;
  int world_rank_ = 0, group_rank_ = 0;
  bool holds_first_ = false;  ///< this rank's group runs member `first`
  Settings settings_;
  NetworkLayout layout_;  ///< without the sparse matrices' column indices, which are on file at once
  int first_ = 0;
  std::string run_id_, origin_;
  std::vector<RunFileSection> sections_;
  Archive archive_;
};

}  // namespace hjnet
