#pragma once
/// The members of a family, read from the run file. Not for others than the stage that follows them.

#include "config/sample_row.hpp"
#include "observe/wavefunction/family_stage.hpp"
#include "parallel/agree.hpp"
#include "parallel/stop.hpp"

namespace hjnet {

/// Reading is independent; what fails is agreed on by each_time() and each_member().
class FamilyReader {
public:
  FamilyReader(MPI_Comm world, const Settings& settings, const RunFile& file)
      : world_(world), settings_(settings), wave_(*settings.wavefunction), file_(file) {
    MPI_Comm_rank(world, &rank_);
    MPI_Comm_size(world, &ranks_);
    for (const auto& parameter : settings.ensemble->family) {
      counts_.push_back(static_cast<std::size_t>(parameter.count));
    }
  }

  /// work(i) for this rank's share of the wavefunction's times, or work(m) of the members; collective.
  template <class Work>
  void each_time(Work work) const {
    agreed(world_, [&] {
      for (auto i = static_cast<std::size_t>(rank_); i < wave_.times.size(); i += static_cast<std::size_t>(ranks_)) {
        heed_stop();
        work(i);
      }
      return 0;
    });
  }
  template <class Work>
  void each_member(Work work) const {
    agreed(world_, [&] {
      for (int m = rank_; m < settings_.ensemble->members; m += ranks_) {
        heed_stop();
        work(static_cast<std::uint64_t>(m));
      }
      return 0;
    });
  }

  [[nodiscard]] MPI_Comm world() const { return world_; }
  [[nodiscard]] const Settings& settings() const { return settings_; }
  [[nodiscard]] const WavefunctionSettings& wave() const { return wave_; }
  /// Members along each parameter.
  [[nodiscard]] const std::vector<std::size_t>& counts() const { return counts_; }
  [[nodiscard]] std::uint64_t rows_an_epoch() const { return settings_.samples_an_epoch(); }
  [[nodiscard]] std::uint64_t row(std::size_t i) const {
    return static_cast<std::uint64_t>(sample_row(settings_, wave_.times[i]));
  }
  [[nodiscard]] int epoch(std::size_t i) const { return static_cast<int>(row(i) / rows_an_epoch()); }
  [[nodiscard]] double time(std::size_t i) const {
    const auto sample = static_cast<double>(row(i) % rows_an_epoch());
    return settings_.epoch_length * (epoch(i) + sample / settings_.samples_per_epoch);
  }
  [[nodiscard]] std::uint64_t members() const { return static_cast<std::uint64_t>(settings_.ensemble->members); }

  /// One number a member: of a dataset with two dimensions, or of one with three.
  [[nodiscard]] std::vector<double> column(const char* name, std::uint64_t second) const {
    return read(name, {{0, second}, {members(), 1}});
  }
  [[nodiscard]] std::vector<double> column(const char* name, std::uint64_t second, std::uint64_t third) const {
    return read(name, {{0, second, third}, {members(), 1, 1}});
  }
  /// Consecutive numbers of one member, from the first on.
  [[nodiscard]] std::vector<double> of_member(const char* name, std::uint64_t m, std::uint64_t count) const {
    return read(name, {{m, 0}, {1, count}});
  }
  /// The one number of each member.
  [[nodiscard]] std::vector<double> of_members(const char* name) const { return read(name, {{0}, {members()}}); }

private:
  [[nodiscard]] std::vector<double> read(const char* name, const Slab& slab) const {
    std::vector<double> values(slab.elements());
    file_.archive().read<double>(std::string("/ensemble/member/") + name, slab, values, Access::independent);
    return values;
  }

  MPI_Comm world_;
  const Settings& settings_;
  const WavefunctionSettings& wave_;
  const RunFile& file_;
  int rank_ = 0, ranks_ = 1;
  std::vector<std::size_t> counts_;
};

/// The attributes of /diagnostics; collective.
NamedNumbers diagnose(const FamilyReader& reader);

}  // namespace hjnet
