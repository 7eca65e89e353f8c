#pragma once
/// An epoch cut into equal slots, in each of which something is shown.

#include <cstdint>
#include <vector>

namespace hjnet {

/// `count` slots of equal length that fill the phases 0 .. epoch_length.
class Slots {
public:
  Slots(double epoch_length, std::int64_t count) : epoch_length_(epoch_length), count_(count) {}

  [[nodiscard]] std::int64_t count() const { return count_; }
  [[nodiscard]] double length() const { return epoch_length_ / static_cast<double>(count_); }
  /// The phase at which a slot starts, 0 <= slot <= count; the same bits wherever it is asked for.
  [[nodiscard]] double start(std::int64_t slot) const {
    return epoch_length_ * (static_cast<double>(slot) / static_cast<double>(count_));
  }
  /// The slot that holds a phase; a start belongs to the slot that starts there. To be asked with Moment::inside, which
  /// says on which side of a jump to stand.
  [[nodiscard]] std::int64_t slot(double inside) const;
  /// The phases at which slots start, 0 left out.
  [[nodiscard]] std::vector<double> breakpoints() const;

private:
  double epoch_length_;
  std::int64_t count_;
};

}  // namespace hjnet
