// lambda^a(t) and beta^a of one constraint and member.
#include "dynamics/constraints.hpp"
#include "network/network.hpp"
#include "network/random.hpp"

#include <array>
#include <cmath>
#include <limits>
#include <numbers>

namespace hjnet {

namespace {

constexpr double turn = 2.0 * std::numbers::pi;
/// Harmonics of a drawn function: its frequencies are 1/8, 2/8, ..., 8/8 of the highest.
constexpr std::size_t harmonic_count = 8;

Source source_of(const Settings& settings, bool DrawnParts::*part, std::uint32_t member, Stream stream,
                 std::size_t constraint) {
  return {settings.seed, source_member(settings, part, member), stream, static_cast<std::uint32_t>(constraint)};
}

}  // namespace

MultiplierFunction::MultiplierFunction(const Settings& settings, std::size_t constraint, std::uint32_t member) {
  const auto& given = settings.gauge.constraints[constraint].multiplier;
  const double rate = turn * given.frequency;
  switch (given.kind) {
    case Multiplier::Kind::constant:
      constant_ = given.amplitude;
      return;
    case Multiplier::Kind::cosine:
      harmonics_.push_back({given.amplitude, rate, given.phase});
      return;
    case Multiplier::Kind::random:
      break;
  }
  const auto source = source_of(settings, &DrawnParts::multipliers, member, Stream::multiplier, constraint);
  std::array<double, harmonic_count> amplitudes{};
  std::array<double, harmonic_count> phases{};
  fill({.kind = Value::Kind::normal}, source, 0, amplitudes);
  fill({.kind = Value::Kind::uniform, .low = 0.0, .high = turn}, source, harmonic_count, phases);
  double variance = 0.0;
  for (const double a : amplitudes) variance += 0.5 * a * a;
  for (std::size_t i = 0; i < harmonic_count; ++i) {
    const double fraction = static_cast<double>(i + 1) / harmonic_count;
    harmonics_.push_back({given.amplitude * amplitudes[i] / std::sqrt(variance), fraction * rate, phases[i]});
  }
}

double MultiplierFunction::value(double time) const {
  double sum = constant_;
  for (const auto& h : harmonics_) sum += h.amplitude * std::cos(h.rate * time + h.phase);
  return sum;
}

double MultiplierFunction::integral(double time) const {
  double sum = constant_ * time;
  for (const auto& h : harmonics_) {
    sum += h.amplitude / h.rate * (std::sin(h.rate * time + h.phase) - std::sin(h.phase));
  }
  return sum;
}

double MultiplierFunction::shortest_period() const {
  return harmonics_.empty() ? std::numeric_limits<double>::infinity() : turn / harmonics_.back().rate;
}

double displacement(const Settings& settings, std::size_t constraint, std::uint32_t member) {
  double out = 0.0;
  fill(settings.gauge.constraints[constraint].displacement,
       source_of(settings, &DrawnParts::displacements, member, Stream::displacement, constraint), 0,
       std::span(&out, 1));
  return out;
}

}  // namespace hjnet
