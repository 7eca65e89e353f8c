#include "observe/branches/branches.hpp"

#include "engine/choice.hpp"
#include "engine/epoch_mesh.hpp"
#include "parallel/sums.hpp"
#include "quantum/coefficients.hpp"

#include <cmath>

namespace hjnet {

namespace {

constexpr std::array<const char*, 4> groups{"/branches/pp", "/branches/pm", "/branches/mp", "/branches/mm"};

std::array<double, 6> stokes_of_branch(const ParticleSettings& particles, std::size_t branch) {
  const double a = branch < 2 ? 1.0 : -1.0;
  const double b = branch % 2 == 0 ? 1.0 : -1.0;
  std::array<double, 6> stokes{};
  for (std::size_t i = 0; i < 3; ++i) {
    stokes[i] = a * particles.a.axis[i];
    stokes[3 + i] = b * particles.b.axis[i];
  }
  return stokes;
}

}  // namespace

Branches::Branch::Branch(const Network& network, const Settings& settings, int member,
                         const std::array<double, 6>& stokes)
    : input(network, settings, static_cast<std::uint32_t>(member)),
      engine(make_engine(network, input, settings)),
      sampler(network, input, settings) {
  input.feed(stokes);
}

Branches::Branches(const Network& network, const Settings& settings, int member)
    : network_(network), settings_(settings), mesh_(operator_mesh(settings)) {
  for (std::size_t i = 0; i < count; ++i) {
    branches_[i] = std::make_unique<Branch>(network, settings, member, stokes_of_branch(*settings.particles, i));
  }
}

void Branches::add_squares(const std::array<std::span<const double>, count>& x, double* squares) {
  for (std::size_t a = 0; a < count; ++a) {
    for (std::size_t b = 0; b < a; ++b) {
      double sum = 0.0;
      for (std::size_t k = 0; k < x[a].size(); ++k) sum += (x[a][k] - x[b][k]) * (x[a][k] - x[b][k]);
      squares[count * a + b] += sum;
      squares[count * b + a] += sum;
    }
  }
}

void Branches::take(EpochSamples& samples) {
  constexpr std::size_t products = 16;
  constexpr std::size_t pairs = count * count;
  const auto phases = sample_phases(settings_);
  std::array<EpochRecord, count> records;
  std::array<EpochSamples, count> of_branch;
  std::array<std::vector<double>, count> at_nodes;
  for (std::size_t i = 0; i < count; ++i) {
    records[i] = branches_[i]->engine->advance();
    of_branch[i] = branches_[i]->sampler.sample(records[i]);
    at_nodes[i] = branches_[i]->sampler.interaction_at(records[i], mesh_);
  }
  const auto& particles = *settings_.particles;
  const std::array<std::array<double, 3>, 2> axes{particles.a.axis, particles.b.axis};
  const auto add = [&](const std::array<double, count>& h, std::vector<double>& c) {
    c.resize(c.size() + products, 0.0);
    add_branch_coefficients(axes, h, std::span<double, products>(c.end() - products, products));
  };
  for (std::size_t node = 0; node < mesh_.nodes(); ++node) {
    add({at_nodes[0][node], at_nodes[1][node], at_nodes[2][node], at_nodes[3][node]}, samples.operators);
  }
  std::vector<double> squares(2 * pairs * phases.size(), 0.0);  // of y, then of W
  std::array<std::vector<double>, count> y;
  std::array<std::span<const double>, count> values;
  for (std::size_t s = 0; s < phases.size(); ++s) {
    std::array<double, count> h{};
    for (std::size_t i = 0; i < count; ++i) {
      h[i] = of_branch[i].interaction[s];
      samples.branch_action.push_back(of_branch[i].action[s]);
      const auto& record = records[i];
      y[i].resize(record.y.width());
      record.y.evaluate(record.mesh, record.mesh.locate(phases[s], true), y[i].data());
      values[i] = y[i];
    }
    samples.branch_interaction.insert(samples.branch_interaction.end(), h.begin(), h.end());
    add(h, samples.pauli);
    add_squares(values, squares.data() + pairs * s);
    if (!settings_.learning.enabled) continue;
    for (std::size_t i = 0; i < count; ++i) values[i] = branches_[i]->engine->delayed_weights().weights(phases[s]);
    add_squares(values, squares.data() + pairs * (phases.size() + s));
  }
  sum_over_ranks(network_.comm(), squares);
  for (std::size_t i = 0; i < squares.size(); ++i) {
    auto& distances = i < squares.size() / 2 ? samples.distance_y : samples.distance_weights;
    distances.push_back(std::sqrt(squares[i]));
  }
}

void Branches::save(VectorArchive& out) const {
  out.create_group("/branches");
  for (std::size_t i = 0; i < count; ++i) {
    auto below = out.below(groups[i]);
    below.create_group("");
    branches_[i]->engine->save(below, false);
    branches_[i]->sampler.save(below);
  }
}

void Branches::load(const VectorArchive& in) {
  for (std::size_t i = 0; i < count; ++i) {
    const auto below = in.below(groups[i]);
    branches_[i]->engine->load(below);
    branches_[i]->sampler.load(below);
  }
}

std::int64_t Branches::saved_bytes() const {
  std::int64_t bytes = 0;
  for (const auto& branch : branches_) bytes += branch->engine->saved_bytes(false);
  return bytes;
}

}  // namespace hjnet
