#pragma once
/// How many synapses the rows of a projection have, known before any of them is drawn.

#include "config/settings.hpp"

#include <cstdint>
#include <utility>

namespace hjnet {

/// First and one-past-last column of row `row` in a band: |l/n_pre - k/n_post| n_pre <= b, in exact integers.
std::pair<std::int64_t, std::int64_t> band_columns(std::int64_t b, std::int64_t row, std::int64_t rows,
                                                   std::int64_t columns);

/// How many pre-synaptic neurons row `row` of a projection sees.
std::int64_t row_fan_in(const Connectivity& connect, std::int64_t row, std::int64_t rows, std::int64_t columns);

/// How many synapses the rows [first, last) have; in no more time than one of them takes.
std::int64_t rows_fan_in(const Connectivity& connect, std::int64_t first, std::int64_t last, std::int64_t rows,
                         std::int64_t columns);

}  // namespace hjnet
