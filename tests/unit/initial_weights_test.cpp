// W(0) stored, given or drawn where it is needed, and its products by tiles.
#include "network/weights/initial_weights.hpp"

#include "network/weights/tile_kernel.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

namespace {

using namespace hjnet;

std::vector<double> wave(std::size_t count, double step) {
  std::vector<double> out(count);
  for (std::size_t i = 0; i < count; ++i) out[i] = std::cos(step * static_cast<double>(i));
  return out;
}

const Value normal{.kind = Value::Kind::normal, .gain = 1.5};

InitialWeights drawn(const Value& value, std::int64_t rows, std::int64_t columns, bool stored) {
  // The rows of a second rank, so that numbers do not begin at a group's start.
  return {value, Source(7, 3, Stream::weights, 1), 5 * columns, gain_scale(columns), rows, columns, stored};
}

std::vector<double> all_of(const InitialWeights& w) {
  std::vector<double> out(static_cast<std::size_t>(w.size()));
  w.read(0, out);
  return out;
}

TEST(TileKernels, MultiplyAnyTile) {
  ASSERT_FALSE(tile_kernels().empty());
  for (const auto& kernel : tile_kernels()) {
    for (const std::size_t rows : {1U, 3U, 8U, 13U}) {
      for (const std::size_t columns : {1U, 6U, 17U}) {
        for (std::size_t vectors = 1; vectors <= kernel.most_vectors; ++vectors) {
          for (const std::size_t tail : {std::size_t{1}, kernel.lanes}) {
            const auto padded = vectors * kernel.lanes;
            const auto width = padded - kernel.lanes + tail;
            const auto a = wave(rows * columns, 0.7);
            const auto x = wave(columns * padded, 1.3);
            std::vector<double> out(rows * width + 1, 0.25);  // the last one must stay
            kernel.multiply(vectors,
                            {a.data(), static_cast<std::ptrdiff_t>(columns), 1, static_cast<std::ptrdiff_t>(rows),
                             static_cast<std::ptrdiff_t>(columns)},
                            x.data(), out.data(), static_cast<std::ptrdiff_t>(width), tail);
            for (std::size_t i = 0; i < rows; ++i) {
              for (std::size_t k = 0; k < width; ++k) {
                double sum = 0.25;
                for (std::size_t j = 0; j < columns; ++j) sum += a[i * columns + j] * x[j * padded + k];
                EXPECT_NEAR(out[i * width + k], sum, 1e-13) << kernel.name << ' ' << i << ' ' << k;
              }
            }
            EXPECT_EQ(out.back(), 0.25);
          }
        }
      }
    }
    const std::vector<float> narrow{1.0F, 2.5F, -3.0F, 4.0F, 5.0F, 6.0F, 7.0F, 8.0F, 9.0F, 10.0F, 11.0F, 12.0F};
    std::vector<double> wide(13, -1.0);
    kernel.widen(narrow.data() + 1, 6, 2, 5, wide.data(), 6);
    for (std::size_t i = 0; i < 2; ++i) {
      for (std::size_t j = 0; j < 5; ++j) EXPECT_EQ(wide[i * 6 + j], static_cast<double>(narrow[1 + i * 6 + j]));
      EXPECT_EQ(wide[i * 6 + 5], -1.0);
    }
  }
}

// Shapes about the ends of tiles (128 x 64) and of strips that are drawn together (512), widths about those of vectors.
TEST(InitialWeights, ProductsAreThoseOfTheMatrix) {
  for (const auto& [rows, columns] : {std::pair{1, 1}, {5, 70}, {127, 64}, {129, 63}, {130, 600}, {300, 513}}) {
    const auto w = drawn(normal, rows, columns, true);
    const auto matrix = all_of(w);
    for (const std::size_t width : {1U, 2U, 7U, 16U, 41U}) {
      for (const IndexRange range : {IndexRange{0, columns}, IndexRange{columns / 3, columns - columns / 2}}) {
        const auto x = wave(static_cast<std::size_t>(range.count) * width, 0.9);
        const auto p = wave(static_cast<std::size_t>(rows) * width, 1.1);
        std::vector<double> net(static_cast<std::size_t>(rows) * width, 0.5);
        std::vector<double> s(static_cast<std::size_t>(range.count) * width, -0.5);
        auto net_expected = net;
        auto s_expected = s;
        for (std::size_t i = 0; i < static_cast<std::size_t>(rows); ++i) {
          for (std::size_t j = 0; j < static_cast<std::size_t>(range.count); ++j) {
            const double weight =
                matrix[i * static_cast<std::size_t>(columns) + static_cast<std::size_t>(range.first) + j];
            for (std::size_t k = 0; k < width; ++k) {
              net_expected[i * width + k] += weight * x[j * width + k];
              s_expected[j * width + k] += weight * p[i * width + k];
            }
          }
        }
        w.multiply(range, width, x.data(), net.data());
        w.multiply_transpose(range, width, p.data(), s.data());
        double worst = 0.0;
        for (std::size_t i = 0; i < net.size(); ++i) worst = std::max(worst, std::abs(net[i] - net_expected[i]));
        for (std::size_t i = 0; i < s.size(); ++i) worst = std::max(worst, std::abs(s[i] - s_expected[i]));
        EXPECT_LE(worst, 1e-13) << rows << ' ' << columns << ' ' << width << ' ' << range.first;
      }
    }
  }
}

TEST(InitialWeights, AreTheSameBitsHoweverTheyAreKept) {
  const Value uniform{.kind = Value::Kind::uniform, .low = -0.5, .high = 2.0};
  for (const auto& value : {normal, uniform}) {
    constexpr std::int64_t rows = 131;
    constexpr std::int64_t columns = 517;
    const auto stored = drawn(value, rows, columns, true);
    const auto anew = drawn(value, rows, columns, false);
    ASSERT_EQ(stored.store(), InitialWeights::Store::binary32);
    ASSERT_EQ(anew.store(), InitialWeights::Store::drawn);
    EXPECT_EQ(stored.bytes(), stored_bytes(rows * columns));
    EXPECT_EQ(anew.bytes(), 0);
    EXPECT_EQ(all_of(stored), all_of(anew));
    double squares = 0.0;
    double squares_anew = 0.0;
    stored.add_squares(squares);
    anew.add_squares(squares_anew);
    EXPECT_EQ(squares, squares_anew);
    for (const std::size_t width : {1U, 9U, 48U}) {
      const IndexRange range{37, 401};
      const auto x = wave(static_cast<std::size_t>(columns) * width, 0.3);
      std::vector<double> a(static_cast<std::size_t>(columns) * width, 0.0);
      auto b = a;
      stored.multiply(range, width, x.data(), a.data());
      anew.multiply(range, width, x.data(), b.data());
      EXPECT_EQ(a, b);
      stored.multiply_transpose(range, width, x.data(), a.data());
      anew.multiply_transpose(range, width, x.data(), b.data());
      EXPECT_EQ(a, b);
    }
  }
}

TEST(InitialWeights, KeepGivenNumbersAsTheyAre) {
  Value list{.kind = Value::Kind::list};
  list.values = {0.0, 0.0, 0.5, -0.25, 3.0, 1024.0};
  const Source source(1, 0, Stream::weights, 0);
  const InitialWeights narrow(list, source, 2, 1.0, 2, 2, false);
  EXPECT_EQ(narrow.store(), InitialWeights::Store::binary32);
  EXPECT_EQ(all_of(narrow), (std::vector<double>{0.5, -0.25, 3.0, 1024.0}));
  list.values[3] = 0.1;
  const InitialWeights wide(list, source, 2, 1.0, 2, 2, false);
  EXPECT_EQ(wide.store(), InitialWeights::Store::binary64);
  EXPECT_EQ(all_of(wide), (std::vector<double>{0.5, 0.1, 3.0, 1024.0}));
  const std::vector<double> x{1.0, 2.0};
  std::vector<double> net(2, 0.0);
  wide.multiply({0, 2}, 1, x.data(), net.data());
  EXPECT_DOUBLE_EQ(net[0], 0.7);
  EXPECT_DOUBLE_EQ(net[1], 2051.0);
  const InitialWeights constant({.kind = Value::Kind::constant, .constant = 0.1}, source, 0, 1.0, 2, 2, true);
  EXPECT_EQ(all_of(constant), std::vector<double>(4, 0.1));
  EXPECT_EQ(constant.bytes(), 0);
}

TEST(InitialWeights, AreStoredWhereThereIsRoom) {
  EXPECT_TRUE(stores_drawn_weights(Storage::stored, 1000, 1));
  EXPECT_FALSE(stores_drawn_weights(Storage::procedural, 1000, std::int64_t{1} << 40U));
  EXPECT_TRUE(stores_drawn_weights(Storage::automatic, 1000, 8000));
  EXPECT_FALSE(stores_drawn_weights(Storage::automatic, 1000, 7999));
  EXPECT_TRUE(stores_drawn_weights(Storage::automatic, 1000, 0));  // unknown
}

}  // namespace
