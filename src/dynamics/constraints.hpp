#pragma once
/// Constraints G_a(q, p) = 0 that are linear in phase space, and what Dirac and Bergmann's analysis says about them:
/// (6)-(20), (28)-(36) and model.md, section 5. Pure algebra: no communication, the same on every rank.
///
/// Canonical pairs (q, p) are (y_k, Delta_k) and (W_kl, M_kl); with lambda^a(t) the flow is (34)
///
///     dx/dt = {x, H} + lambda^a {x, G_a},   dG_a/dt = {G_a, H} + C_ab lambda^b,   C_ab = {G_a, G_b},  constant.
///
/// Null vectors of C combine the G_a to first-class constraints, whose multipliers are free; on the rest
/// lambda = -C^+ {G, H} is solved for (Dirac's bracket).

#include "config/settings.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace hjnet {

/// One coordinate of phase space: a ConstraintTerm without its coefficient.
struct PhaseComponent {
  ConstraintTerm::Quantity quantity = ConstraintTerm::Quantity::state;
  ConstraintTerm::Synapse synapse = ConstraintTerm::Synapse::threshold;
  int projection = 0;
  std::int64_t neuron = 0, pre = 0;

  /// The other half of its canonical pair: W for M, y for Delta and back.
  [[nodiscard]] PhaseComponent conjugate() const;
  /// True for y and W, false for Delta and M.
  [[nodiscard]] bool is_coordinate() const;
  /// True for W and M, false for y and Delta.
  [[nodiscard]] bool is_of_synapse() const;
  auto operator<=>(const PhaseComponent&) const = default;  // NOLINT(modernize-use-nullptr): a fault of clang-tidy 14
};

/// The component that a term is about; what the term's quantity does not use (projection of a threshold, synapse of a
/// state) is zero, so that equal components compare equal.
PhaseComponent component_of(const ConstraintTerm& term);

/// A component in words, for messages: "M of threshold 3", "W of a-b, 2 from 0", "y of neuron 4" (global indices).
std::string component_text(const PhaseComponent& component, const NetworkSettings& network);

/// A component times a number; of a constraint's gradient, or of a direction of its flow.
struct PhaseEntry {
  PhaseComponent component;
  double coefficient = 0.0;
};

/// dG/dx by components, in their order; terms of the same component are summed, zeros left out.
std::vector<PhaseEntry> gradient(const ConstraintSettings& constraint);
/// {x, G} by components: dG/dp for q, -dG/dq for p. Moving x by beta {x, G} is a displacement by beta.
std::vector<PhaseEntry> flow(const ConstraintSettings& constraint);

/// What a constraint is by itself: its bracket with all others vanishes (first), no part of its multiplier is free
/// (second), or a combination with others is first class though itself is not (mixed).
enum class ConstraintClass { first, second, mixed };

/// "first", "second" or "mixed".
std::string class_text(ConstraintClass kind);

/// A first-class combination of constraints, phi = sum coefficient G_index.
struct Combination {
  std::vector<std::pair<std::size_t, double>> parts;
};

/// A first-class combination whose bracket with H does not vanish.
struct SecondaryConstraint {
  std::size_t combination = 0;  ///< index into ConstraintAnalysis::first_class()
  double bracket = 0.0;         ///< {phi, H}
  double scale = 0.0;           ///< the size of the terms that it is the sum of
  std::string message;          ///< which, how much and what follows, without the time
};

/// The analysis of a set of constraints. Singular values of the brackets between constraints with gradients of unit
/// length count as zero below `rank_threshold`.
class ConstraintAnalysis {
public:
  static constexpr double rank_threshold = 1e-10;

  /// @throws config_error where a gradient vanishes or gradients are linearly dependent, with the constraints' names.
  explicit ConstraintAnalysis(const GaugeSettings& gauge);

  [[nodiscard]] std::size_t count() const { return names_.size(); }
  [[nodiscard]] const std::string& name(std::size_t constraint) const { return names_[constraint]; }
  /// C_ab = {G_a, G_b}.
  [[nodiscard]] double bracket(std::size_t a, std::size_t b) const;
  [[nodiscard]] ConstraintClass kind(std::size_t constraint) const { return kinds_[constraint]; }
  /// Independent first-class combinations: one for each free multiplier.
  [[nodiscard]] const std::vector<Combination>& first_class() const { return first_class_; }
  /// The rank of C: how many multipliers are solved for; even.
  [[nodiscard]] std::size_t second_class_count() const { return count() - first_class_.size(); }
  /// Groups of constraints (indices, ascending) that brackets connect, of two or more each.
  [[nodiscard]] std::vector<std::vector<std::size_t>> coupled_groups() const;
  /// The smallest singular value that counts as other than zero, of the normalised C; 1 where there is none.
  [[nodiscard]] double smallest_singular_value() const { return smallest_; }

  /// lambda = P given - C^+ brackets: `given` are the prescribed multipliers, of which P keeps the first-class part;
  /// `brackets` are {G_a, H} without the multipliers' own part. All of length count().
  void multipliers(std::span<const double> brackets, std::span<const double> given, std::span<double> lambda) const;

  /// The worst first-class combination whose {phi, H} = sum of `brackets` is beyond `tolerance` times its scale;
  /// nothing where all vanish. `scales` are the sizes of the terms that each {G_a, H} is the sum of.
  [[nodiscard]] std::optional<SecondaryConstraint> secondary(std::span<const double> brackets,
                                                             std::span<const double> scales, double tolerance) const;
  /// The combination as it reads in a message: "'a'", or "'a' + 0.5 'b'".
  [[nodiscard]] std::string combination_text(const Combination& combination) const;

private:
  /// Constraints that brackets connect, or one alone. Matrices are n x n, row by row, in the order of `members`.
  struct Block {
    std::vector<std::size_t> members;
    std::vector<double> brackets, pseudo_inverse, projector;
  };
  void analyse(Block& block, const std::vector<double>& lengths);

  std::vector<std::string> names_;
  std::vector<Block> blocks_;
  std::vector<std::pair<std::size_t, std::size_t>> places_;  ///< of each constraint: block, position in it
  std::vector<ConstraintClass> kinds_;
  std::vector<Combination> first_class_;
  double smallest_ = 1.0;
};

/// Refuses what the analysis shows cannot work, with the constraint's name and the reason: multipliers of second-class
/// constraints, displacements of any that is not first class or that move what terminal conditions determine, and
/// boundary conditions under which the flow does not exist (second-class ones and those with Delta make y depend on
/// Delta: initial/initial only; with delta = off there is no Delta to constrain). What an engine cannot do it refuses
/// itself.
/// @throws config_error, also what the analysis throws, with the input file's name
void check_constraints(const Settings& settings);

/// What `hjnet check` says about the constraints, each line after "# ": how many of each class, and which; the groups
/// of second-class ones with their brackets.
std::string analysis_text(const ConstraintAnalysis& analysis);

/// lambda^a(t) of one constraint and member, and its integral, in closed form.
class MultiplierFunction {
public:
  /// Drawn functions depend on seed, member (member 0 unless multipliers vary) and the constraint's index alone.
  MultiplierFunction(const Settings& settings, std::size_t constraint, std::uint32_t member);

  /// lambda^a(t).
  [[nodiscard]] double value(double time) const;
  /// Lambda_a(t): the integral from 0 to t.
  [[nodiscard]] double integral(double time) const;
  /// The shortest period in it; infinite for a constant. An integrator's step has to resolve it.
  [[nodiscard]] double shortest_period() const;

private:
  struct Harmonic {
    double amplitude, rate, phase;  ///< amplitude cos(rate t + phase)
  };
  double constant_ = 0.0;
  std::vector<Harmonic> harmonics_;
};

/// beta^a: how far along {., G_a} the initial data of a member are moved.
double displacement(const Settings& settings, std::size_t constraint, std::uint32_t member);

}  // namespace hjnet
