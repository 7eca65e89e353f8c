// Verification of sealed files: whatever the damage, an error on all ranks; never a crash or a hang.
#include "archive_fixture.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <unistd.h>

#include <fstream>
#include <iterator>
#include <numeric>
#include <random>

namespace hjnet {
namespace {

class DamageTest : public ArchiveTest {
protected:
  void SetUp() override {
    ArchiveTest::SetUp();
    sealed_ = file("sealed.h5");
    write_sealed();
    std::ifstream stream(sealed_, std::ios::binary);
    bytes_.assign(std::istreambuf_iterator<char>(stream), {});
    ASSERT_GT(bytes_.size(), 2000U);
    Archive::verify(comm_, sealed_);
  }

  void write_sealed() {
    const std::vector<double> reals{0.0, 1.5, -2.5, 1e300};
    const std::vector<std::int32_t> integers{1, 2, 3, 4, 5, 6};
    const std::vector<std::complex<double>> complexes{{1.0, 2.0}, {0.0, -1.0}};
    auto archive = Archive::create(comm_, sealed_, true);
    archive.keep_checksums();
    archive.create_dataset<double>("/state/real", {2, 2}, "numbers", "m");
    archive.create_dataset<std::int32_t>("/integer", {6}, "integers");
    archive.create_dataset<std::complex<double>>("/state/complex", {2}, "complex numbers");
    archive.write_attribute("/", "format", "hjnet-checkpoint");
    archive.write_attribute("/", "input", "run = { epochs = 8, seed = 1 }\n# " + std::string(300, '-'));
    archive.write_attribute("/state", "position", std::int64_t{12});
    archive.write_root<double>("/state/real", reals);
    archive.write_root<std::int32_t>("/integer", integers);
    archive.write_root<std::complex<double>>("/state/complex", complexes);
    archive.seal();
  }

  /// Has the file hold these bytes instead.
  void put(const std::string& bytes) {
    if (rank_ == 0) std::ofstream(sealed_, std::ios::binary | std::ios::trunc) << bytes;
    MPI_Barrier(comm_);
  }

  /// The message of verification, which must fail with the same on all ranks.
  std::string damage(const std::string& what) {
    SCOPED_TRACE(what);
    auto message = message_of<io_error>([&] { Archive::verify(comm_, sealed_); });
    auto size = static_cast<int>(message.size());
    MPI_Bcast(&size, 1, MPI_INT, 0, comm_);
    std::string first(message);
    first.resize(static_cast<std::size_t>(size));
    MPI_Bcast(first.data(), size, MPI_CHAR, 0, comm_);
    EXPECT_EQ(message, first);
    return message;
  }

  fs::path sealed_;
  std::string bytes_;
};

TEST_F(DamageTest, OfAnyBitIsFound) {
  // All of them on one rank, one or two a byte on more.
  const std::size_t stride = size_ == 1 ? 1 : 7;
  std::map<std::string, int> found;
  const auto descriptor = rank_ == 0 ? ::open(sealed_.c_str(), O_WRONLY) : -1;
  const auto set = [&](std::size_t at, char byte) {
    if (rank_ == 0) {
      EXPECT_EQ(::pwrite(descriptor, &byte, 1, static_cast<off_t>(at)), 1);
    }
    MPI_Barrier(comm_);
  };
  for (std::size_t bit = 0; bit < 8 * bytes_.size(); bit += stride) {
    set(bit / 8, static_cast<char>(bytes_[bit / 8] ^ (1 << (bit % 8))));
    ++found[damage(fmt::format("bit {} of byte {}", bit % 8, bit / 8))];
    set(bit / 8, bytes_[bit / 8]);
    ASSERT_FALSE(HasFailure()) << bit;
  }
  if (descriptor >= 0) ::close(descriptor);
  Archive::verify(comm_, sealed_);
  const auto name = sealed_.string();
  const auto dataset = [&](const std::string& path) {
    return found[fmt::format("'{}' is damaged: dataset '{}' does not match its checksum", name, path)];
  };
  const auto expected = [&](int bits) { return static_cast<double>(bits) / static_cast<double>(stride); };
  EXPECT_NEAR(dataset("/state/real"), expected(4 * 64), 1.0);
  EXPECT_NEAR(dataset("/state/complex"), expected(2 * 128), 1.0);
  EXPECT_NEAR(dataset("/integer"), expected(6 * 32), 1.0);
  EXPECT_GT(found[fmt::format("'{}' is damaged: its attributes or structure do not match their checksum", name)], 1000);
  EXPECT_EQ(found.size(), 5U);  // the fifth: no mark at the end
}

TEST_F(DamageTest, OfWholeBlocksIsFound) {
  std::mt19937 generator(1);
  const auto below = [&](std::size_t n) { return generator() % n; };
  for (int i = 0; i < 200; ++i) {
    auto bytes = bytes_;
    const auto length = 1 + below(i % 2 == 0 ? 64 : bytes.size());
    const auto at = below(bytes.size() - length + 1);
    switch (i % 3) {
      case 0:
        bytes.replace(at, length, length, '\0');
        break;
      case 1:
        for (auto k = at; k < at + length; ++k) bytes[k] = static_cast<char>(generator());
        break;
      default:
        bytes.erase(at, length);
    }
    if (bytes == bytes_) continue;
    put(bytes);
    damage(fmt::format("{} bytes from {}, way {}", length, at, i % 3));
  }
}

TEST_F(DamageTest, OfTheLengthIsFound) {
  for (auto length = bytes_.size() - 1; length > 0; --length) {
    if (rank_ == 0) fs::resize_file(sealed_, length);
    MPI_Barrier(comm_);
    EXPECT_TRUE(contains(damage(fmt::format("cut to {}", length)), "incomplete or damaged"));
  }
  put(bytes_ + '\0');
  EXPECT_TRUE(contains(damage("longer"), "incomplete or damaged"));
  put(std::string(bytes_.size(), '\0'));
  EXPECT_TRUE(contains(damage("zeros"), "incomplete or damaged"));
  put("");
  EXPECT_EQ(damage("empty"), fmt::format("'{}' is empty", sealed_.string()));
  put("text, not HDF5");
  EXPECT_TRUE(contains(damage("text"), "incomplete or damaged"));
  if (rank_ == 0) fs::remove(sealed_);
  MPI_Barrier(comm_);
  EXPECT_EQ(damage("removed"), fmt::format("cannot open '{}': No such file or directory", sealed_.string()));
  if (rank_ == 0) fs::create_directory(sealed_);
  MPI_Barrier(comm_);
  EXPECT_TRUE(contains(damage("a directory"), "cannot read"));
}

TEST_F(DamageTest, MissingSealsAndChecksumsAreFound) {
  {
    auto archive = Archive::create(comm_, sealed_, true);
    archive.create_dataset<double>("/a", {1}, "a number");
    archive.close();
  }
  EXPECT_TRUE(contains(damage("closed, not sealed"), "incomplete or damaged"));
  const double one = 1.0;
  for (const int times : {0, 2}) {
    auto archive = Archive::create(comm_, sealed_, true);
    archive.keep_checksums();
    archive.create_dataset<double>("/a", {1}, "a number");
    for (int i = 0; i < times; ++i) archive.write_root<double>("/a", std::span(&one, 1));
    archive.seal();
    EXPECT_EQ(damage("written twice or never"),
              fmt::format("'{}' is damaged: dataset '/a' does not match its checksum", sealed_.string()));
  }
}

// Run files, torus files and data from elsewhere have no seal: HDF5 itself must not take us with it.
TEST_F(DamageTest, OfFilesWithoutASealEndsInAnError) {
  if (size_ > 1) return;  // opening is each rank's own business
  const auto before = bytes_.substr(0, bytes_.size() - 64);
  std::mt19937 generator(2);
  int refused = 0;
  for (int i = 0; i < 600; ++i) {
    auto bytes = before;
    // Structure and strings lie before the numbers; single bits find what whole blocks hide.
    for (int flips = 1 + i % 3; flips > 0; --flips) {
      bytes[generator() % bytes.size()] ^= static_cast<char>(1U << (generator() % 8));
    }
    put(bytes);
    try {
      const auto archive = Archive::open(sealed_);
      for (const auto& dataset : archive.datasets()) (void)archive.attributes(dataset.path);
      (void)archive.attributes("/");
    } catch (const io_error&) {
      ++refused;
    }
  }
  EXPECT_GT(refused, 40);
  EXPECT_LT(refused, 560);
}

// The look into such a file is a child's, which begins with all that the process holds: a rank of a large network.
TEST_F(DamageTest, SoundFilesWithoutASealAreReadByAProcessThatHoldsMuch) {
  if (size_ > 1) return;
  put(bytes_.substr(0, bytes_.size() - 64));
  constexpr std::size_t much = std::size_t{6} << 30;
  void* held = ::mmap(nullptr, much, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  ASSERT_NE(held, MAP_FAILED);
  EXPECT_FALSE(Archive::open(sealed_).datasets().empty());
  ::munmap(held, much);
}

}  // namespace
}  // namespace hjnet
