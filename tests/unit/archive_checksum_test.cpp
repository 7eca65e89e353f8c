// Checksums: of arrays in parts, and of files whatever ranks and parts wrote them.
#include "archive_fixture.hpp"

#include "archive/checksum.hpp"

#include <algorithm>
#include <cstring>
#include <numeric>
#include <random>
#include <set>

namespace hjnet {
namespace {

using Complex = std::complex<double>;

std::vector<std::byte> random_bytes(std::size_t count) {
  std::mt19937 generator(1);
  std::vector<std::byte> bytes(count);
  for (auto& byte : bytes) byte = static_cast<std::byte>(generator());
  return bytes;
}

/// The elements of a slab, packed.
std::vector<std::byte> cut(const std::vector<std::byte>& array, const std::vector<std::uint64_t>& dims,
                           std::size_t element_bytes, const Slab& slab) {
  std::vector<std::byte> packed;
  for (std::uint64_t i = 0; i < slab.count[0]; ++i) {
    for (std::uint64_t j = 0; j < slab.count[1]; ++j) {
      for (std::uint64_t k = 0; k < slab.count[2]; ++k) {
        const auto index = ((slab.start[0] + i) * dims[1] + slab.start[1] + j) * dims[2] + slab.start[2] + k;
        const auto from = array.begin() + static_cast<std::ptrdiff_t>(index * element_bytes);
        packed.insert(packed.end(), from, from + static_cast<std::ptrdiff_t>(element_bytes));
      }
    }
  }
  return packed;
}

TEST(Checksum, OfPartsAddsUpToThatOfTheWhole) {
  const std::vector<std::uint64_t> dims{4, 3, 5};
  for (const std::size_t element_bytes : {4U, 8U, 16U}) {
    const auto array = random_bytes(60 * element_bytes);
    const auto whole = slab_checksum(Slab::whole(dims), dims, element_bytes, array.data());
    for (const auto& at : std::vector<std::vector<std::uint64_t>>{{0, 0, 0}, {1, 2, 3}, {4, 3, 5}, {2, 0, 5}}) {
      std::uint64_t sum = 0;
      for (unsigned corner = 0; corner < 8; ++corner) {
        Slab part = Slab::whole(dims);
        for (std::size_t d = 0; d < 3; ++d) {
          const bool upper = (corner >> d & 1U) != 0;
          part.start[d] = upper ? at[d] : 0;
          part.count[d] = upper ? dims[d] - at[d] : at[d];
        }
        sum += slab_checksum(part, dims, element_bytes, cut(array, dims, element_bytes, part).data());
      }
      EXPECT_EQ(sum, whole) << element_bytes;
    }
  }
}

TEST(Checksum, ChangesWithEveryBitAndPosition) {
  const std::vector<std::uint64_t> dims{16};
  for (const std::size_t element_bytes : {4U, 8U, 16U}) {
    auto array = random_bytes(16 * element_bytes);
    const auto sum = [&] { return slab_checksum(Slab::whole(dims), dims, element_bytes, array.data()); };
    std::set<std::uint64_t> sums{sum()};
    for (std::size_t bit = 0; bit < 8 * array.size(); ++bit) {
      array[bit / 8] ^= std::byte{1} << (bit % 8);
      EXPECT_TRUE(sums.insert(sum()).second) << bit;
      array[bit / 8] ^= std::byte{1} << (bit % 8);
    }
    std::rotate(array.begin(), array.begin() + static_cast<std::ptrdiff_t>(element_bytes), array.end());
    EXPECT_TRUE(sums.insert(sum()).second);
    std::swap_ranges(array.begin(), array.begin() + 4, array.begin() + 4);
    EXPECT_TRUE(sums.insert(sum()).second);
  }
  // Zeros count too, and so does how many there are.
  std::set<std::uint64_t> of_zeros;
  const std::vector<double> zeros(100);
  for (std::uint64_t n = 0; n < 100; ++n) of_zeros.insert(slab_checksum({{0}, {n}}, {n}, 8, zeros.data()));
  EXPECT_EQ(of_zeros.size(), 100U);
}

TEST(Checksum, IsThatOfFilesWrittenBefore) {
  std::vector<std::int64_t> numbers(10);
  std::iota(numbers.begin(), numbers.end(), -5);
  EXPECT_EQ(checksum_text(slab_checksum({{0}, {10}}, {10}, 8, numbers.data())), "c06d5fd8bb684165");
  EXPECT_EQ(checksum_text(bytes_checksum(std::as_bytes(std::span("hjnet", 5)), 3)), "7254dfbc6e154895");
  EXPECT_EQ(checksum_text(0), "0000000000000000");
}

/// Ways to deal a matrix of n x m to the ranks.
enum class Deal { rows, columns, rows_backwards };

/// Writes the same file whatever the deal and the ranks.
void write_file(MPI_Comm comm, const fs::path& file, Deal deal, Access access, std::uint64_t transfer_bytes) {
  constexpr std::uint64_t n = 7;
  constexpr std::uint64_t m = 3;
  int rank = 0;
  int size = 1;
  MPI_Comm_rank(comm, &rank);
  MPI_Comm_size(comm, &size);
  auto mine = rows_of(deal == Deal::columns ? m : n, deal == Deal::columns ? n : m,
                      deal == Deal::rows_backwards ? size - 1 - rank : rank, size);
  if (deal == Deal::columns) {
    std::swap(mine.start[0], mine.start[1]);
    std::swap(mine.count[0], mine.count[1]);
  }
  std::vector<double> reals;
  for (std::uint64_t i = 0; i < mine.count[0]; ++i) {
    for (std::uint64_t j = 0; j < mine.count[1]; ++j) {
      reals.push_back(0.1 * static_cast<double>((mine.start[0] + i) * m + mine.start[1] + j));
    }
  }
  const std::vector<Complex> complexes(reals.begin(), reals.end());
  const std::vector<std::int32_t> integers(reals.begin(), reals.end());
  const std::int64_t scalar = 42;
  auto archive = Archive::create(comm, file, true, transfer_bytes);
  archive.keep_checksums();
  archive.create_dataset<double>("/a/real", {n, m}, "numbers");
  archive.create_dataset<Complex>("/a/complex", {n, m}, "complex numbers");
  archive.create_dataset<std::int32_t>("/integer", {n, m}, "integers");
  archive.create_dataset<std::int64_t>("/scalar", {}, "a scalar");
  archive.create_dataset<double>("/none", {0, 3}, "nothing");
  archive.write_attribute("/", "input", std::string(1000, 'x'));
  archive.write_root<std::int64_t>("/scalar", std::span(&scalar, 1));
  archive.write<Complex>("/a/complex", mine, complexes, access);
  archive.write<double>("/a/real", mine, reals, access);
  archive.write<std::int32_t>("/integer", mine, integers, access);
  archive.seal();
}

TEST_F(ArchiveTest, HasTheSameChecksumsHoweverItWasWritten) {
  if (rank_ == 0) write_file(MPI_COMM_SELF, file("one.h5"), Deal::rows, Access::independent, 1U << 20U);
  MPI_Barrier(comm_);
  const std::vector<std::string> datasets{"/a/real", "/a/complex", "/integer", "/scalar", "/none"};
  const auto one = Archive::open(file("one.h5"));
  std::set<AttributeValue> distinct;
  for (const auto& path : datasets) distinct.insert(one.attributes(path).at("checksum"));
  EXPECT_EQ(distinct.size(), datasets.size());
  EXPECT_EQ(one.attributes("/none").at("checksum"), AttributeValue("0000000000000000"));
  for (const auto deal : {Deal::rows, Deal::columns, Deal::rows_backwards}) {
    for (const auto access : {Access::collective, Access::independent}) {
      for (const std::uint64_t transfer_bytes : {std::uint64_t{16}, Archive::default_transfer_bytes}) {
        write_file(comm_, file("many.h5"), deal, access, transfer_bytes);
        {
          const auto many = Archive::open(file("many.h5"));
          for (const auto& path : datasets) EXPECT_EQ(many.attributes(path), one.attributes(path)) << path;
          EXPECT_EQ(many.read_all<double>("/a/real"), one.read_all<double>("/a/real"));
        }
        Archive::verify(comm_, file("many.h5"));
        Archive::verify(MPI_COMM_SELF, file("many.h5"));
        MPI_Barrier(comm_);
      }
    }
  }
}

TEST_F(ArchiveTest, IsVerifiedInParts) {
  // Enough for two parts a rank, and for one that is not full.
  const std::uint64_t n = 1'200'000 * static_cast<std::uint64_t>(size_);
  auto archive = Archive::create(comm_, file("long.h5"), false);
  archive.keep_checksums();
  archive.create_dataset<double>("/long", {n, 1}, "numbers");
  const auto mine = rows_of(n, 1, rank_, size_);
  std::vector<double> values(mine.elements());
  std::iota(values.begin(), values.end(), static_cast<double>(mine.start[0]));
  archive.write<double>("/long", mine, values, Access::collective);
  archive.seal();
  Archive::verify(comm_, file("long.h5"));
}

}  // namespace
}  // namespace hjnet
