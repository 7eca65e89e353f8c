// Neurons only, as NEST's rate neurons are stepped (nest-simulator, models/rate_neuron_ipn_impl.h, update_):
// exponential Euler, the input constant over a step, every connection with a delay of one step. Built and run by
// run.py:
//   g++ -std=c++20 -O3 -march=native rate_neurons.cpp -lopenblas -o rate_neurons
//   rate_neurons GIVEN NEURONS STEPS LENGTH TIME_CONSTANT SAMPLES RESULT
// GIVEN: doubles: W_1, W_2 (NEURONS x NEURONS each, by rows), stimulus of the first of three layers. STEPS, over
// LENGTH, is a multiple of SAMPLES. RESULT: y of the last layer at SAMPLES + 1 equidistant times. Prints the seconds of
// the loop.
#include <cblas.h>

#include <array>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <fstream>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

using Doubles = std::vector<double>;

struct Network {
  int neurons;                     // of each layer
  std::array<Doubles, 2> weights;  // by rows
  Doubles stimulus;                // of the first layer
};

struct Grid {
  int steps;
  int samples;
  double length;
  double time_constant;
};

Network read(const char* path, int neurons) {
  std::ifstream file(path, std::ios::binary);
  const auto take = [&](std::size_t count) {
    Doubles values(count);
    file.read(reinterpret_cast<char*>(values.data()), static_cast<std::streamsize>(count * sizeof(double)));
    if (!file) throw std::runtime_error(std::string(path) + ": too short");
    return values;
  };
  const auto n = static_cast<std::size_t>(neurons);
  Doubles first = take(n * n);
  Doubles second = take(n * n);
  return {neurons, {std::move(first), std::move(second)}, take(n)};
}

/// y of the last layer at the samples, one after another, from y = 0.
Doubles integrate(const Network& network, const Grid& grid) {
  const auto n = static_cast<std::size_t>(network.neurons);
  const double keep = std::exp(-grid.length / grid.steps / grid.time_constant);
  const double take = 1.0 - keep;
  std::array<Doubles, 3> y{Doubles(n), Doubles(n), Doubles(n)};
  std::array<Doubles, 3> net{network.stimulus, Doubles(n), Doubles(n)};
  Doubles sampled(y[2]);
  for (int step = 1; step <= grid.steps; ++step) {
    const std::array<Doubles, 2> sent{y[0], y[1]};  // arrives after this step
    for (std::size_t layer = 0; layer < 3; ++layer) {
      for (std::size_t k = 0; k < n; ++k) {
        const double before = y[layer][k];
        y[layer][k] = keep * before + take * std::tanh(net[layer][k]);
      }
    }
    if (step % (grid.steps / grid.samples) == 0) sampled.insert(sampled.end(), y[2].begin(), y[2].end());
    for (std::size_t p = 0; p < 2; ++p) {
      cblas_dgemv(CblasRowMajor, CblasNoTrans, network.neurons, network.neurons, 1.0, network.weights[p].data(),
                  network.neurons, sent[p].data(), 1, 0.0, net[p + 1].data(), 1);
    }
  }
  return sampled;
}

int run(char** arguments) {
  const Network network = read(arguments[1], std::atoi(arguments[2]));
  const Grid grid{std::atoi(arguments[3]), std::atoi(arguments[6]), std::atof(arguments[4]), std::atof(arguments[5])};
  const auto start = std::chrono::steady_clock::now();
  const Doubles sampled = integrate(network, grid);
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
  std::ofstream(arguments[7], std::ios::binary)
      .write(reinterpret_cast<const char*>(sampled.data()),
             static_cast<std::streamsize>(sampled.size() * sizeof(double)));
  std::printf("%.9f\n", seconds.count());
  return EXIT_SUCCESS;
}

}  // namespace

int main(int count, char** arguments) {
  try {
    if (count != 8) throw std::invalid_argument("expected GIVEN NEURONS STEPS LENGTH TIME_CONSTANT SAMPLES RESULT");
    return run(arguments);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "rate_neurons: %s\n", error.what());
    return EXIT_FAILURE;
  }
}
