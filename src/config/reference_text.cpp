#include "config/reference.hpp"

#include <toml++/toml.h>

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace hjnet {

namespace {

constexpr std::string_view torus_preface = R"(
# Inputs of `hjnet torus`

What follows is an input of its own: tori of the Hamilton-Jacobi equation are no part of a run, and `hjnet run` takes no
`[torus]`. Of a run's tables a torus input may hold `name` and `seed` of `[run]` and `file` of `[output]`, and no other
key. n is the number of dimensions. Numbers in a list are one for each dimension where nothing else is said.
)";

constexpr std::string_view preface = R"(# Input reference

Printed by `hjnet reference`; the table that it comes from is also what the reader checks against. An input file is
TOML. Only `network.layer` is required. All quantities are dimensionless; times have the unit of `run.epoch_length`.

**Errors.** An unknown key is an error, and so is a key or table that cannot have any effect (`[boltzmann]` without
`[particles]`), unless it is set to its default. Messages give file, line and column, the key, what was expected and
the nearest valid name; the exit status is 2.

**Values.** A *value* is one of

| form | means |
| --- | --- |
| `0.5` | the same number for every item |
| `{ values = [0.1, 0.2] }` or `[0.1, 0.2]` | a number for every item |
| `{ distribution = "normal", mean = 0.0, sd = 1.0 }` | drawn independently; `mean` and `sd` may be left out |
| `{ distribution = "uniform", low = -1.0, high = 1.0 }` | drawn independently; `low` and `high` may be left out |
| `{ file = "x.h5", dataset = "/a" }` | read from HDF5 |

Numbers are finite; integers are also taken for floats. Anything drawn depends on `run.seed` and indices alone.

**Paths** in an input file are relative to that file; run files and checkpoints are relative to the working
directory.

**Overrides.** `--set KEY=VALUE` replaces one key, or adds it: `--set solver.relative_tolerance=1e-9`,
`--set network.layer[1].neurons=20` (indices from 0), `--set network.layer[hidden].neurons=20` (by name; projections by
`from-to`). VALUE is read as TOML, and as a string where it is not TOML.
)";

std::string heading(const TableReference& table) {
  std::string single = fmt::format("`[{}]`", table.path);
  std::string repeated = fmt::format("`[[{}]]`", table.path);
  switch (table.form) {
    case TableReference::Form::repeated:
      return repeated;
    case TableReference::Form::either:
      return single + " or " + repeated;
    case TableReference::Form::single:
      break;
  }
  return single;
}

/// Markdown's column separator must not stand in a cell.
std::string cell(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '|') escaped += '\\';
    escaped += c;
  }
  return escaped;
}

/// Defaults that are TOML are set as code, words as they are.
std::string fallback_cell(std::string_view text) {
  try {
    (void)toml::parse(fmt::format("default = {}", text));
    return fmt::format("`{}`", text);
  } catch (const toml::parse_error&) {
    return std::string(text);
  }
}

std::string markdown(const std::vector<TableReference>& tables) {
  std::string text;
  for (const auto& table : tables) {
    if (table.path.empty()) continue;
    text += fmt::format("\n## {}\n\n{}\n", heading(table), table.meaning);
    if (table.keys.empty()) continue;
    text += "\n| key | default | expected | meaning |\n| --- | --- | --- | --- |\n";
    for (const auto& key : table.keys) {
      text += fmt::format("| `{}` | {} | {} | {} |\n", key.name, fallback_cell(key.fallback), cell(key.expected),
                          cell(key.meaning));
    }
  }
  return text;
}

}  // namespace

std::string reference_markdown() {
  std::vector<TableReference> own;
  const auto& torus = torus_reference();
  std::copy_if(torus.begin(), torus.end(), std::back_inserter(own),
               [](const TableReference& table) { return find_table(table.path) == nullptr; });
  return std::string(preface) + markdown(reference()) + std::string(torus_preface) + markdown(own);
}

}  // namespace hjnet
