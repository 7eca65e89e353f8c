#pragma once
/// Whether a run's learning potential grows away from where it started: what learning that diverges looks like.

#include "config/settings.hpp"

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace hjnet {

/// Mean |H_int| of the epochs that a run is measured by, and of the last ones.
struct Growth {
  double before = 0.0, now = 0.0;
  int epoch = 0;  ///< the last of the epochs of `now`
};

/// Takes the epochs of a member in order. The measure is the mean of the first epochs: as many as a pass through the
/// patterns takes, and with particles until both have come. Only runs that learn towards a target are judged: values of
/// a decision process and a Lyapunov energy start anywhere.
class GrowthWatch {
public:
  explicit GrowthWatch(const Settings& settings);

  /// @param interaction  H_int at an epoch's samples, or at those of several epochs
  /// Returns the growth where it is first beyond the bound; after that, and otherwise, nothing.
  std::optional<Growth> take(std::span<const double> interaction);
  /// As things stand after the last epoch taken; nothing where H_int is within the bound.
  [[nodiscard]] std::optional<Growth> growth() const;

private:
  std::size_t samples_;  ///< an epoch
  bool judged_;
  std::size_t window_ = 1, first_ = 1;  ///< epochs of a mean; epochs of the measure
  std::vector<double> means_;           ///< an epoch each
  bool said_ = false;
};

/// That learning diverges, in a sentence.
std::string describe(const Growth& growth);

}  // namespace hjnet
