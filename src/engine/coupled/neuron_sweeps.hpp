#pragma once
/// The sweeps of one epoch over the neurons: y forwards (with Delta where it is an initial-value problem), Delta
/// backwards.

#include "dynamics/neuron_system.hpp"
#include "engine/coupled/constrained_flow.hpp"
#include "engine/coupled/integrator.hpp"
#include "engine/coupled/sweep_position.hpp"
#include "engine/krylov.hpp"
#include "history/epoch_record.hpp"

#include <memory>
#include <span>
#include <vector>

namespace hjnet {

/// A stretch of an epoch without jumps inside.
struct Segment {
  double begin = 0.0, end = 0.0;
  [[nodiscard]] double inside() const { return 0.5 * (begin + end); }
};

/// Segments between the breakpoints of an epoch.
std::vector<Segment> segments(const std::vector<double>& breakpoints, double epoch_length);

/// Consecutive nodes of a mesh.
struct NodeRange {
  std::size_t first = 0, count = 0;
};
/// The nodes of the elements inside a segment. Nodes of two segments may share a phase, each seen from its side.
NodeRange nodes_between(const Mesh& mesh, double begin, double end);
/// Times s = segment.end - phase of these nodes, from the segment's end backwards.
std::vector<double> times_backwards(const std::vector<double>& phases, const NodeRange& nodes, const Segment& segment);
/// How many of the ascending times lie at s or before: an integration that stood at s had taken those.
std::size_t taken_until(std::span<const double> times, double s);

class NeuronSweeps {
public:
  /// @param flow  of the constraints; null without any
  NeuronSweeps(const Network& network, NeuronSystem& system, const Settings& settings, const IntegratorSettings& solver,
               std::vector<Segment> segments, SweepHook hook, ConstrainedFlow* flow);

  /// Integrates y, and Delta too where it is an initial-value problem, from their values at the epoch's start to its
  /// end (in place), and fills the record's y, net (and delta) on its mesh. s is the phase.
  /// Where multipliers are solved for, also its multipliers.
  /// @param saved        goes on from there, with what the record held; or null
  /// @param constrained  what the flow adds to the state (constrained_flow.hpp), at the epoch's start
  void forward(EpochRecord& record, std::vector<double>& y, std::vector<double>& delta, const SavedSweep* saved,
               const std::vector<double>& constrained);
  /// Integrates Delta backwards from 0 at the epoch's end along the record's y and net, and fills its delta. s runs
  /// backwards from the segment's end.
  void backward(EpochRecord& record, const SavedSweep* saved);

  [[nodiscard]] IntegratorWork work() const;

private:
  Moment moment(double phase) const {
    return {start_.epoch, phase, segment_.inside(), start_.time + phase, start_.shown};
  }
  [[nodiscard]] FlowPoint flow_point(double phase) const { return {moment(phase), y_.data(), net_.data(), p_.data()}; }
  bool forward_rhs(double phase, const double* x, double* dx);
  bool forward_solve(double phase, double gamma, double* b);
  /// The rows of y and Delta.
  bool neuron_solve(double phase, double gamma, double* b);
  bool backward_rhs(double s, const double* x, double* dx);
  bool backward_solve(double s, double gamma, double* b);
  /// Whether the record has a field of the Lyapunov energy that is a given function of time; else it is net.
  [[nodiscard]] bool moving_field() const { return record_->field.width() > 0; }
  [[nodiscard]] const double* field() const { return moving_field() ? field_.data() : net_.data(); }
  void recall_field(double phase);
  /// Where y has left the range of f, which the Lyapunov energy needs, that is why an integrator gave up.
  void require_inside() const;
  /// y, net and F of the record at a phase of the current segment.
  void recall(double phase);
  [[nodiscard]] bool all_finite(const double* x, std::size_t count) const;
  void check_delta(const double* delta, double phase) const;

  const Network& network_;
  NeuronSystem& system_;
  const Settings& settings_;
  std::vector<Segment> segments_;
  SweepHook hook_;
  ConstrainedFlow* flow_;
  bool joint_;  ///< Delta goes forwards with y
  std::size_t size_;
  std::size_t forward_size_;
  Integrator forward_, backward_;
  Krylov krylov_;
  // The epoch, segment and record being swept, and the quantities of the last evaluation.
  Moment start_;  ///< of the epoch under way
  Segment segment_;
  const EpochRecord* record_ = nullptr;
  double phase_ = 0.0;
  std::vector<double> y_, net_, f_, p_, field_, work1_, work2_;
};

}  // namespace hjnet
