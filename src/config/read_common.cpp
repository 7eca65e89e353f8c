#include "config/read_tables.hpp"

namespace hjnet {

bool is_positive(double number) {
  return number > 0.0;
}
bool is_not_negative(double number) {
  return number >= 0.0;
}
bool is_not_zero(double number) {
  return number != 0.0;
}

Reader table_or_empty(const Reader& input, std::string_view key) {
  static const toml::table none;
  const auto found = input.tables(key);
  return found.empty() ? Reader(none, input.place(key), std::string(key), input.base()) : found.front();
}

std::pair<int, int> read_epoch_range(const Reader& table, int epochs) {
  if (!table.has("epochs")) return {0, epochs - 1};
  const auto range = table.integers("epochs");
  if (range.size() != 2) table.wrong("epochs");
  if (range[0] < 0 || range[0] > range[1] || range[1] >= epochs) {
    const std::string got = "[" + std::to_string(range[0]) + ", " + std::to_string(range[1]) + "] with run.epochs = ";
    table.place("epochs").expected("two integers [first, last], 0 <= first <= last < run.epochs",
                                   got + std::to_string(epochs));
  }
  return {static_cast<int>(range[0]), static_cast<int>(range[1])};
}

}  // namespace hjnet
