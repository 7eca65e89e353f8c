#include "config/read_tables.hpp"

#include <limits>

namespace hjnet {

namespace {

constexpr std::int64_t most_counted = std::numeric_limits<int>::max() - 1;

}  // namespace

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

void read_run(const Reader& input, Settings& settings) {
  const Reader run = table_or_empty(input, "run");
  settings.name = run.text("name", settings.source.stem().string());
  if (settings.name.find('/') != std::string::npos) run.wrong("name");
  settings.epochs = static_cast<int>(run.integer("epochs", settings.epochs, 1, most_counted));
  settings.epoch_length = run.number("epoch_length", settings.epoch_length, is_positive);
  settings.samples_per_epoch =
      static_cast<int>(run.integer("samples_per_epoch", settings.samples_per_epoch, 1, most_counted));
  settings.seed = static_cast<std::uint64_t>(run.integer("seed", 0, 0));
}

}  // namespace hjnet
