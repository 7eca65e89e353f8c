#pragma once
/// The multipliers lambda^a(t) of constraints along a run, and their integrals Lambda_a(t) from 0: prescribed in closed
/// form, or, where some are solved for, known at the nodes of the last two epochs.

#include "dynamics/constraints.hpp"
#include "history/epoch_record.hpp"
#include "network/vector_archive.hpp"

#include <cstdint>
#include <vector>

namespace hjnet {

class MultiplierPath {
public:
  MultiplierPath(const Settings& settings, const ConstraintAnalysis& analysis, std::uint32_t member);

  [[nodiscard]] std::size_t count() const { return functions_.size(); }
  /// Epochs taken so far.
  [[nodiscard]] int epochs() const { return epochs_; }
  /// Whether some multipliers depend on the solution (second class): an epoch's then come from its record.
  [[nodiscard]] bool solved() const { return solved_; }

  /// The prescribed multipliers at time t.
  [[nodiscard]] std::vector<double> given(double time) const;
  /// Writes the multipliers at the nodes of the record, where none are solved for.
  void prescribe(EpochRecord& record) const;
  /// Those of the epoch under way at a point of the record's mesh, at this phase.
  [[nodiscard]] std::vector<double> value(const EpochRecord& record, double phase, const MeshPoint& point) const;
  /// Lambda at the nodes of the epoch under way.
  [[nodiscard]] NodeData integrals(const EpochRecord& record) const;

  /// lambda and Lambda one epoch before a phase of the epoch under way; zero in the first.
  [[nodiscard]] std::vector<double> delayed_value(double phase) const;
  [[nodiscard]] std::vector<double> delayed_integral(double phase) const;
  /// Lambda at the end of the last epoch taken; zero before the first.
  [[nodiscard]] std::vector<double> end() const;
  /// The epoch under way is done.
  void take(const EpochRecord& record);

  /// Below `group`, what does not follow from the input: the mesh of the last epoch and the multipliers at its nodes.
  void save(VectorArchive& out, const std::string& group) const;
  void load(const VectorArchive& in, const std::string& group, int epochs);

private:
  /// Lambda at the nodes of a mesh from lambda there and Lambda at the epoch's start.
  [[nodiscard]] NodeData integrated(const Mesh& mesh, const NodeData& values, const std::vector<double>& start) const;

  std::vector<MultiplierFunction> functions_;
  double epoch_length_;
  bool solved_;
  int epochs_ = 0;  ///< taken
  // Of the last epoch taken, where solved.
  Mesh mesh_{{0.0, 1.0}, 2};
  NodeData values_, integrals_;
  std::vector<double> start_;  ///< Lambda at its start
};

}  // namespace hjnet
