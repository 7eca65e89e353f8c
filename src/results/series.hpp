#pragma once
/// What a run samples: numbers and vectors of numbers at S+1 samples an epoch, both ends included.

#include "archive/archive.hpp"
#include "config/settings.hpp"

#include <array>
#include <cstdint>
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
  bool statistics = false;  ///< whether an ensemble has its mean and deviation
  struct Axis {
    const char* name = "";
    std::uint64_t size = 0;  ///< 0: there is none
  };
  std::array<Axis, 2> row{};  ///< of a sample

  [[nodiscard]] bool is_there(const Settings& settings) const {
    if (needs == Needs::branches) return settings.has_branches();
    return needs == Needs::nothing || settings.particles;
  }
  /// Of a dataset: these, then those of a sample.
  [[nodiscard]] std::vector<Dimension> dims(std::vector<Dimension> before) const {
    for (const auto& axis : row) {
      if (axis.size > 0) before.emplace_back(axis.name, axis.size);
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
                         std::array<SeriesField::Axis, 2> row) {
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
  constexpr std::array<SeriesField::Axis, 2> one{{{"branch", 4}}};
  constexpr std::array<SeriesField::Axis, 2> two{{{"branch", 4}, {"other_branch", 4}}};
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
                  {{{"alpha", 16}}}},
      branch("branch_interaction", "/branches/interaction", &S::branch_interaction, "learning potential H_int", one),
      branch("branch_action", "/branches/action", &S::branch_action, "action J", one),
      branch("distance_y", "/branches/distance_y", &S::distance_y, "how far the outputs y are apart between any two",
             two),
      branch("distance_weights", "/branches/distance_weights", &S::distance_weights,
             "how far the weights W are apart between any two", two),
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

/// One epoch of one member: S+1 samples. The scalars are the same on every rank of the group.
struct EpochSamples : SampleSeries {
  int epoch = 0;  ///< from 0
  /// (S+1) x local neurons, in the order of a neuron vector; with output.states, a wavefunction or
  /// keeps_member_states() only.
  std::vector<double> y, delta;
  std::vector<double> gauge;  ///< c sum A F^2, which is part of `coupling`
  ConstraintSamples constraints;
};

}  // namespace hjnet
