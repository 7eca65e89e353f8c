// The Boltzmann stage on given operator coefficients, its parts timed apart; boltzmann.py calls it:
//
//   boltzmann_stage C.bin OUT.bin EPOCHS INTERVALS MEMORY REPEATS s_A1 s_A2 s_A3 s_B1 s_B2 s_B3
//
// C.bin holds EPOCHS x 8 x 24 x 16 doubles, epochs of length 1: c_alpha at the Chebyshev-Lobatto nodes of 8 elements;
// q = eta = 1, tolerances are the defaults.
// OUT.bin gets, for every sample, rho (16 complex numbers, by rows), concurrence, negativity, entropy (bits) and
// purity. Prints seconds, the best of REPEATS: polynomials and memory kernel; evolution to the matrices rho; measures;
// all of evolve().
#include "config/choices.hpp"
#include "parallel/mpi_runtime.hpp"
#include "quantum/stage.hpp"

#include <mpi.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <complex>
#include <cstdio>
#include <exception>
#include <fstream>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

using namespace hjnet;

struct Case {
  std::vector<double> c;
  int epochs = 0, intervals = 0, repeats = 0;
  std::array<double, 6> stokes{};
  BoltzmannSettings settings;

  [[nodiscard]] static Mesh mesh() {
    std::vector<double> boundaries;
    for (int i = 0; i <= 8; ++i) boundaries.push_back(i / 8.0);
    return {boundaries, 24};
  }
};

struct Seconds {
  double setup = HUGE_VAL, evolution = HUGE_VAL, measures = HUGE_VAL, stage = HUGE_VAL;
};

Memory memory_called(const std::string& name) {
  for (const auto& [known, memory] : memory_names) {
    if (name == known) return memory;
  }
  throw std::invalid_argument("no memory is called " + name);
}

Case read_case(const std::vector<std::string>& arguments) {
  Case input;
  input.epochs = std::stoi(arguments[2]);
  input.intervals = std::stoi(arguments[3]);
  input.settings.memory = memory_called(arguments[4]);
  input.repeats = std::stoi(arguments[5]);
  for (std::size_t i = 0; i < 6; ++i) input.stokes[i] = std::stod(arguments[6 + i]);
  input.c.resize(static_cast<std::size_t>(input.epochs) * input.mesh().nodes() * 16);
  std::ifstream file(arguments[0], std::ios::binary);
  file.read(reinterpret_cast<char*>(input.c.data()), static_cast<std::streamsize>(input.c.size() * sizeof(double)));
  if (!file) throw std::runtime_error("cannot read " + arguments[0]);
  return input;
}

/// One pass over the parts of the stage, and one over the whole. Keeps the best time of each in `best`.
DensityResult pass(const Case& input, Seconds& best) {
  const double start = MPI_Wtime();
  const Mesh mesh = input.mesh();
  const OperatorSeries series(mesh, input.c, input.epochs);
  const MemoryKernel kernel(input.settings.memory, input.settings.window, series);
  const double ready = MPI_Wtime();
  DensityState state{product_state(input.stokes), 0};
  const ModeHistory history =
      evolve_mode({1.0, 1.0}, series, kernel, input.intervals, default_boltzmann_tolerance, state);
  std::vector<Eigen::Matrix4cd> rho;
  rho.reserve(history.rho.size());
  for (const PauliVector& x : history.rho) rho.push_back(pauli_matrix(x));
  const double evolved = MPI_Wtime();
  std::vector<Measures> measures;
  measures.reserve(rho.size());
  for (const Eigen::Matrix4cd& r : rho) measures.push_back(measure(r, input.settings.positivity_tolerance));
  const double measured = MPI_Wtime();
  DensityResult result =
      evolve(MPI_COMM_WORLD, input.settings, input.stokes, {mesh, input.c, input.epochs, input.intervals});
  const double end = MPI_Wtime();
  best = {std::min(best.setup, ready - start), std::min(best.evolution, evolved - ready),
          std::min(best.measures, measured - evolved), std::min(best.stage, end - measured)};
  return result;
}

void write(const std::string& name, const ModeResult& mode) {
  std::vector<double> values;
  for (std::size_t i = 0; i < mode.rho.size(); ++i) {
    const Eigen::Matrix4cd rho = pauli_matrix(mode.rho[i]);
    for (int entry = 0; entry < 16; ++entry) {
      const std::complex<double> z = rho(entry / 4, entry % 4);
      values.insert(values.end(), {z.real(), z.imag()});
    }
    const Measures& m = mode.measures[i];
    values.insert(values.end(), {m.concurrence, m.negativity, m.entropy, m.purity});
  }
  std::ofstream file(name, std::ios::binary);
  file.write(reinterpret_cast<const char*>(values.data()),
             static_cast<std::streamsize>(values.size() * sizeof(double)));
  if (!file.flush()) throw std::runtime_error("cannot write " + name);
}

}  // namespace

int main(int argc, char** argv) {
  const MpiRuntime runtime(argc, argv);
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  if (arguments.size() != 12) {
    std::fprintf(stderr, "usage: boltzmann_stage C.bin OUT.bin EPOCHS INTERVALS MEMORY REPEATS STOKES(6)\n");
    return 2;
  }
  try {
    const Case input = read_case(arguments);
    Seconds best;
    DensityResult result;
    for (int i = 0; i < input.repeats; ++i) result = pass(input, best);
    write(arguments[1], result.modes.front());
    std::printf("%.9g %.9g %.9g %.9g\n", best.setup, best.evolution, best.measures, best.stage);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "boltzmann_stage: %s\n", error.what());
    return 1;
  }
  return 0;
}
