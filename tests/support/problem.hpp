#pragma once
// Inputs of the comparisons of engines and ranks: what they all have is said once.

#include "pattern_file.hpp"

#include <fmt/format.h>

#include <string>

namespace hjnet::test {

/// One of a list of inputs; `text` is all but its table [run].
struct Problem {
  const char* name;
  int seed, epochs;
  std::string text;
};

/// The input, with a file of patterns where it names one.
inline std::string text_of(const Problem& problem, int samples = 8) {
  return with_pattern_file(fmt::format("[run]\nseed = {}\nepochs = {}\nsamples_per_epoch = {}\n{}", problem.seed,
                                       problem.epochs, samples, problem.text));
}

/// A constant input to layer a.
inline const std::string normal_input = "[stimulus]\nconstant = { layer = \"a\", distribution = \"normal\" }\n";

/// Two particles on the neurons 0 to 5.
inline std::string two_particles(const char* closure, const char* stokes, double width) {
  return fmt::format(
      "[particles]\nclosure = \"{0}\"\n"
      "a = {{ stokes = [{1}], neurons = [0, 1, 2], time = 0.25, width = {2} }}\n"
      "b = {{ stokes = [1, 0, 0], neurons = [3, 4, 5], time = 0.6, width = {2} }}\n",
      closure, stokes, width);
}

/// A gauge field on a layer that turns.
inline std::string turning_field(double charge) {
  return fmt::format("[gauge]\ncharge = {}\nfield = {{ layer = \"hidden\", constant = 0.5, frequency = 0.6 }}\n",
                     charge);
}

}  // namespace hjnet::test
