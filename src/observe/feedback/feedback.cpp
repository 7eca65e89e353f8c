#include "observe/feedback/feedback.hpp"

#include "engine/epoch_mesh.hpp"
#include "parallel/agree.hpp"
#include "parallel/counts.hpp"
#include "parallel/errors.hpp"
#include "quantum/measures.hpp"
#include "quantum/stage.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace hjnet {

namespace {

constexpr const char* states_path = "/particles/states";
constexpr const char* integral_path = "/particles/integral";
constexpr const char* stokes_path = "/particles/stokes";

constexpr std::size_t width = 16;  ///< numbers of a PauliVector

}  // namespace

Feedback::Feedback(MPI_Comm group, const Settings& settings)
    : group_(group), settings_(settings), mesh_(operator_mesh(settings)) {
  const auto given = given_stokes(*settings.particles);
  states_.assign(settings.boltzmann.k0.size(), product_state(given));
  fed_.assign(given.begin(), given.end());
}

void Feedback::advance(std::span<const double> c) {
  int rank = 0;
  int ranks = 1;
  MPI_Comm_rank(group_, &rank);
  MPI_Comm_size(group_, &ranks);
  const auto& boltzmann = settings_.boltzmann;
  const auto own = mode_range(as_int(states_.size()), ranks, rank);
  auto states = states_;
  const auto integral = agreed(group_, [&] {
    const OperatorSeries series(mesh_, c, 1, epochs_done(), integral_);
    const MemoryKernel kernel(boltzmann.memory, boltzmann.window, series);
    for (int mode = own.first; mode < own.end; ++mode) {
      auto& rho = states[as_size(mode)];
      DensityState state{rho, epochs_done()};
      evolve_mode(mode_parameters(boltzmann, mode), series, kernel, settings_.samples_per_epoch,
                  default_boltzmann_tolerance, state);
      rho = state.rho;
    }
    return series.integral_at_end();
  });
  states_ = std::move(states);
  integral_ = integral;
  share_states();
  const auto next = stokes_of(mixture());
  fed_.insert(fed_.end(), next.begin(), next.end());
}

/// Every rank has the states of its own modes; afterwards of all.
void Feedback::share_states() {
  int ranks = 1;
  MPI_Comm_size(group_, &ranks);
  std::vector<int> counts;
  std::vector<int> places;
  for (int rank = 0; rank < ranks; ++rank) {
    const auto range = mode_range(as_int(states_.size()), ranks, rank);
    counts.push_back((range.end - range.first) * as_int(width));
    places.push_back(range.first * as_int(width));
  }
  MPI_Allgatherv(MPI_IN_PLACE, 0, MPI_DATATYPE_NULL, states_.front().data(), counts.data(), places.data(), MPI_DOUBLE,
                 group_);
}

PauliVector Feedback::mixture() const {
  PauliVector sum = PauliVector::Zero();
  for (std::size_t mode = 0; mode < states_.size(); ++mode) sum += settings_.boltzmann.weights[mode] * states_[mode];
  return sum;
}

std::span<const double, 6> Feedback::stokes(int epoch) const {
  return std::span<const double, directions>(std::span(fed_).subspan(as_size(epoch) * directions, directions));
}

double Feedback::smallest_eigenvalue() const {
  return measure(pauli_matrix(mixture()), settings_.boltzmann.positivity_tolerance).min_eigenvalue;
}

void Feedback::save(VectorArchive& out) const {
  out.write_numbers(states_path, std::span(states_.front().data(), states_.size() * width),
                    "Pauli coefficients of rho of every momentum mode, 16 a mode");
  out.write_numbers(integral_path, std::span(integral_.data(), width), "integral of the c_alpha from the run's start");
  out.write_numbers(stokes_path, fed_, "Stokes vectors fed in every epoch done and in the next, 6 an epoch");
}

std::int64_t Feedback::saved_bytes() const {
  int rank = 0;
  MPI_Comm_rank(group_, &rank);
  if (rank != 0) return 0;
  return static_cast<std::int64_t>((states_.size() * width + width + fed_.size()) * sizeof(double));
}

void Feedback::load(const VectorArchive& in, int epochs_done) {
  const auto read = [&](const char* path, std::size_t count) {
    auto numbers = in.read_numbers(path);
    if (numbers.size() == count) return numbers;
    throw io_error(fmt::format("'{}' holds {} numbers instead of {}", path, numbers.size(), count));
  };
  const auto states = read(states_path, states_.size() * width);
  std::copy(states.begin(), states.end(), states_.front().data());
  const auto integral = read(integral_path, width);
  std::copy(integral.begin(), integral.end(), integral_.data());
  // A run that was stopped on its way through the last epoch's particles stands before it.
  const auto before = in.read_numbers(stokes_path).size() == as_size(epochs_done) * directions;
  fed_ = read(stokes_path, (as_size(epochs_done) + (before ? 0 : 1)) * directions);
}

}  // namespace hjnet
