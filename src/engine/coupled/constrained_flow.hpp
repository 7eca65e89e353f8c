#pragma once
/// The constraints' part of the neurons' integration, dx/dt = {x, H} + lambda^a {x, G_a} (34).
///
/// Where all constraints are first class, lambda^a(t) is prescribed and its part is added. Where some are second class,
/// lambda = P given - C^+ {G, H} with {G_a, H} = dG_a . R(x), R the rates without multipliers. All components that
/// stand in a constraint are then integrated together: x = [y | Delta | W | M], the last two of the local constrained
/// synapses, with dW/dt = mu V(t-T) + M/omega and dM/dt = -P f'(net) y/lambda before the multipliers' part.

#include "dynamics/local_constraints.hpp"
#include "dynamics/neuron_system.hpp"
#include "history/multiplier_path.hpp"

#include <vector>

namespace hjnet {

/// A point of the integration: a moment, and at it y, net and P = Delta + 2cAF of the local neurons.
struct FlowPoint {
  Moment moment;
  const double* y = nullptr;
  const double* net = nullptr;
  const double* p = nullptr;
};

class ConstrainedFlow {
public:
  /// All must outlive the object.
  ConstrainedFlow(const Network& network, const Settings& settings, NeuronSystem& system,
                  const ConstraintAnalysis& analysis, const LocalConstraints& local, const MultiplierPath& path);

  /// Whether multipliers are solved for, and the state is extended.
  [[nodiscard]] bool solved() const { return path_.solved(); }
  /// Numbers that this rank's state has behind y and Delta: W and M.
  [[nodiscard]] std::size_t extension() const { return solved() ? 2 * synapses() : 0; }

  /// Writes the rates of the extension, and adds the multipliers' part to dx, which holds {y, H} and {Delta, H}.
  /// Collective where solved.
  void add_rates(const FlowPoint& at, const double* x, double* dx);
  /// The same for Delta alone, without second-class constraints.
  void add_delta_rates(double time, double* rate) const;
  /// lambda^a of the last call of add_rates().
  [[nodiscard]] const std::vector<double>& multipliers() const { return multipliers_; }

  /// The rows of W and M of x = (1 - gamma J)^-1 b, where those of y and Delta are solved already, J without the
  /// multipliers' part. (With that part, which is of the rank of C, Newton's iteration takes no fewer steps: Delta
  /// grows as exp(t/lambda), which keeps gamma well below lambda.) Collective.
  void solve_extension(const FlowPoint& at, double gamma, double* x);

  /// dM/dt of the local constrained synapses without multipliers; y in a halo vector.
  void momentum_rates(const double* p, const double* net, const double* y_halo, double* out);
  /// V = dW_free/dt of the epoch before, at a phase; zero before the first epoch.
  [[nodiscard]] std::vector<double> old_velocities(double phase) const;
  /// Takes them from the nodes of an epoch that is done: `velocities` holds `width` numbers a node.
  void remember(const Mesh& mesh, const std::vector<double>& velocities, std::size_t width);

private:
  [[nodiscard]] std::size_t synapses() const { return local_.synapses().size(); }
  [[nodiscard]] PhaseBlock<double> blocks(double* x) const;

  const Network& network_;
  const Settings& settings_;
  NeuronSystem& system_;
  const ConstraintAnalysis& analysis_;
  const LocalConstraints& local_;
  const MultiplierPath& path_;
  std::size_t size_;
  std::vector<double> multipliers_, halo_, signal_;
  Mesh old_mesh_{{0.0, 1.0}, 2};
  NodeData old_velocities_;
};

}  // namespace hjnet
