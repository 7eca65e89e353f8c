// The archive: named arrays in and out on any number of ranks, and its errors.
#include "archive_fixture.hpp"

#include "archive/read.hpp"

#include <fmt/format.h>
#include <sys/resource.h>

#include <array>
#include <cmath>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <numeric>
#include <stdexcept>

namespace hjnet {
namespace {

using Complex = std::complex<double>;

TEST(Slab, IsSplitIntoConsecutivePartsThatCoverIt) {
  const Slab slab{{1, 2, 3}, {3, 4, 5}};
  for (const std::uint64_t most : {1U, 2U, 5U, 7U, 20U, 59U, 60U, 1000U}) {
    std::vector<std::array<std::uint64_t, 3>> visited;
    for (const auto& part : split(slab, most)) {
      EXPECT_LE(part.elements(), most);
      for (std::uint64_t i = 0; i < part.count[0]; ++i) {
        for (std::uint64_t j = 0; j < part.count[1]; ++j) {
          for (std::uint64_t k = 0; k < part.count[2]; ++k) {
            visited.push_back({part.start[0] + i, part.start[1] + j, part.start[2] + k});
          }
        }
      }
    }
    ASSERT_EQ(visited.size(), 60U);
    for (std::uint64_t n = 0; n < 60; ++n) {
      EXPECT_EQ(visited[n], (std::array<std::uint64_t, 3>{1 + n / 20, 2 + n / 5 % 4, 3 + n % 5})) << most;
    }
  }
  EXPECT_TRUE(split({{0, 0}, {0, 4}}, 3).empty());
  EXPECT_EQ(split({{}, {}}, 1).size(), 1U);
}

TEST_F(ArchiveTest, ReturnsWhatWasWrittenCollectivelyInPartsAndIndependently) {
  // One transfer of everything, and transfers so short that every row needs several.
  for (const std::uint64_t transfer_bytes : {Archive::default_transfer_bytes, std::uint64_t{24}}) {
    constexpr std::uint64_t n = 3;
    constexpr std::uint64_t columns = 7;
    const auto mine = rows_of(n, columns, rank_, size_);
    std::vector<double> reals(mine.elements());
    std::iota(reals.begin(), reals.end(), static_cast<double>(mine.start[0] * columns));
    std::vector<Complex> complexes(reals.begin(), reals.end());
    for (auto& z : complexes) z = {z.real(), -z.real()};
    {
      auto archive = Archive::create(comm_, file("a.h5"), true, transfer_bytes);
      archive.create_dataset<double>("/x/real", {n, columns}, "numbers", "m");
      archive.create_dataset<Complex>("/x/complex", {n, columns}, "complex numbers");
      archive.create_dataset<std::int64_t>("/count", {}, "a scalar");
      archive.create_dataset<std::int32_t>("/none", {0}, "nothing");
      archive.write<double>("/x/real", mine, reals, Access::collective);
      archive.write<Complex>("/x/complex", mine, complexes, Access::independent);
      const std::int64_t big = (std::int64_t{1} << 40) + rank_;
      archive.write_root<std::int64_t>("/count", std::span(&big, 1));
      archive.write<std::int32_t>("/none", {{0}, {0}}, {}, Access::collective);
      archive.close();
    }
    // Read by all ranks together, with rows dealt the other way round, and by each alone.
    const auto theirs = rows_of(n, columns, size_ - 1 - rank_, size_);
    const auto archive = Archive::open(comm_, file("a.h5"), transfer_bytes);
    std::vector<double> got(theirs.elements());
    archive.read<double>("/x/real", theirs, got, Access::collective);
    for (std::size_t i = 0; i < got.size(); ++i) {
      EXPECT_EQ(got[i], static_cast<double>(theirs.start[0] * columns + i));
    }
    const auto serial = Archive::open(file("a.h5"));
    const auto all = serial.read_all<Complex>("/x/complex");
    ASSERT_EQ(all.size(), n * columns);
    for (std::size_t i = 0; i < all.size(); ++i) {
      EXPECT_EQ(all[i], Complex(static_cast<double>(i), -static_cast<double>(i)));
    }
    EXPECT_EQ(serial.read_all<std::int64_t>("/count"), std::vector<std::int64_t>{std::int64_t{1} << 40});
    EXPECT_TRUE(serial.read_all<std::int32_t>("/none").empty());
    MPI_Barrier(comm_);
  }
}

TEST_F(ArchiveTest, ReadsPartsThatDifferBetweenRanks) {
  std::vector<std::int64_t> numbers(24);
  std::iota(numbers.begin(), numbers.end(), 0);
  {
    auto archive = Archive::create(comm_, file("parts.h5"), false);
    archive.create_dataset<std::int64_t>("/a", {4, 6}, "numbers");
    archive.write_root<std::int64_t>("/a", numbers);
    archive.close();
  }
  // Nothing, everything, a column, a block: another one a rank at each turn.
  const std::vector<Slab> slabs{{{4, 0}, {0, 6}}, {{0, 0}, {4, 6}}, {{0, 2}, {4, 1}}, {{1, 1}, {2, 3}}};
  const std::vector<std::vector<std::int64_t>> expected{{}, numbers, {2, 8, 14, 20}, {7, 8, 9, 13, 14, 15}};
  const auto archive = Archive::open(comm_, file("parts.h5"));
  for (const auto access : {Access::collective, Access::independent}) {
    for (std::size_t turn = 0; turn < slabs.size(); ++turn) {
      const auto mine = (turn + static_cast<std::size_t>(rank_)) % slabs.size();
      std::vector<std::int64_t> got(slabs[mine].elements());
      archive.read<std::int64_t>("/a", slabs[mine], got, access);
      EXPECT_EQ(got, expected[mine]);
    }
    // As many calls a rank as it likes.
    std::vector<std::int64_t> all(24);
    for (int i = 0; i < rank_; ++i) archive.read<std::int64_t>("/a", slabs[1], all, Access::independent);
  }
}

TEST_F(ArchiveTest, FillsNewDatasets) {
  auto archive = Archive::create(comm_, file("fill.h5"), false, 16);
  archive.create_dataset<double>("/a", {5, 3}, "reals");
  archive.create_dataset<Complex>("/b", {4}, "complexes");
  archive.create_dataset<std::int32_t>("/c", {7}, "integers");
  archive.fill();
  archive.close();
  const auto serial = Archive::open(file("fill.h5"));
  for (const auto x : serial.read_all<double>("/a")) EXPECT_TRUE(std::isnan(x));
  for (const auto z : serial.read_all<Complex>("/b")) EXPECT_TRUE(std::isnan(z.real()) && std::isnan(z.imag()));
  EXPECT_EQ(serial.read_all<std::int32_t>("/c"), std::vector<std::int32_t>(7, -1));
}

TEST_F(ArchiveTest, NamesItsAxesByScales) {
  const Dimension time("time", 3, "/series");
  const Dimension member("member", 5, {}, 7);
  {
    auto archive = Archive::create(comm_, file("axes.h5"), false, 16);
    archive.create_dataset<double>("/series/time", {time}, "t", "s");
    archive.create_dataset<double>("/all/members/x", {member, time}, "a dataset");
    archive.create_dataset<double>("/all/y", {time}, "another");
    EXPECT_THROW(archive.create_dataset<double>("/all/z", {{"time", 4}}, "does not fit"), std::logic_error);
    archive.fill();
    archive.close();
  }
  const auto archive = Archive::open(file("axes.h5"));
  std::vector<std::string> paths;
  for (const auto& dataset : archive.datasets()) paths.push_back(dataset.path);
  EXPECT_EQ(paths,
            (std::vector<std::string>{"/all/members/member", "/all/members/x", "/all/y", "/all/z", "/series/time"}));
  EXPECT_EQ(archive.read_all<std::int64_t>("/all/members/member"), (std::vector<std::int64_t>{7, 8, 9, 10, 11}));
  EXPECT_TRUE(std::isnan(archive.read_all<double>("/all/time").front()));
  if (rank_ == 0) {
    const auto command = "env -i /usr/bin/python3 -c \"import h5py, sys; f = h5py.File('" + file("axes.h5").string() +
                         "'); x = f['all/members/x']; sys.exit([[s.name for s in d.values()] for d in x.dims] != "
                         "[['/all/members/member'], ['/series/time']] or f['all/time'] != f['series/time'])\"";
    EXPECT_EQ(std::system(command.c_str()), 0) << command;  // NOLINT(*-env33-c): the test's own command
  }
}

TEST_F(ArchiveTest, KeepsAttributesOfAnyLengthAndReplacesThem) {
  const std::string longest(300000, 'x');
  {
    auto archive = Archive::create(comm_, file("attributes.h5"), false);
    archive.create_group("/one/two");
    archive.create_dataset<double>("/one/d", {2}, "π, in words", "s");
    archive.link("/one/d", "/three/e");
    archive.write_attribute("/", "input", longest);
    archive.write_attribute("/", "empty", std::string{});
    archive.write_attribute("/one/two", "n", std::int64_t{1} << 40);
    archive.write_attribute("/one/two", "x", 1.0);
    archive.write_attribute("/one/two", "x", 0.1);
    archive.close();
  }
  const auto archive = Archive::open(file("attributes.h5"));
  EXPECT_EQ(archive.attributes("/"),
            (std::map<std::string, AttributeValue>{{"input", longest}, {"empty", std::string{}}}));
  EXPECT_EQ(archive.attributes("/one/two"),
            (std::map<std::string, AttributeValue>{{"n", std::int64_t{1} << 40}, {"x", 0.1}}));
  const auto datasets = archive.datasets();
  ASSERT_EQ(datasets.size(), 2U);
  EXPECT_EQ(datasets[0].path, "/one/d");
  EXPECT_EQ(datasets[1].path, "/three/e");
  for (const auto& dataset : datasets) {
    EXPECT_EQ(dataset.description, "π, in words");
    EXPECT_EQ(dataset.units, "s");
    EXPECT_EQ(dataset.type, "float64");
    EXPECT_EQ(dataset.bytes, 16U);
  }
  EXPECT_TRUE(archive.contains("/one/two"));
  EXPECT_FALSE(archive.contains("/four/two"));
}

TEST_F(ArchiveTest, IsReadByH5py) {
  {
    auto archive = Archive::create(comm_, file("h5py.h5"), false);
    archive.create_dataset<Complex>("/z", {2}, "two", "1");
    archive.write_root<Complex>("/z", std::vector<Complex>{{1.0, 2.0}, {3.0, -4.0}});
    archive.write_attribute("/", "format", "text");
    archive.close();
  }
  if (rank_ == 0) {
    const auto command = "env -i /usr/bin/python3 -c \"import h5py, sys; f = h5py.File('" + file("h5py.h5").string() +
                         "'); z = f['z']; sys.exit(not (z.dtype == 'complex128' and list(z) == [1 + 2j, 3 - 4j] and "
                         "f.attrs['format'] == 'text' and z.attrs['description'] == 'two' and z.attrs['units'] == "
                         "'1'))\"";
    EXPECT_EQ(std::system(command.c_str()), 0) << command;  // NOLINT(*-env33-c): the test's own command
  }
}

TEST_F(ArchiveTest, RefusesToReplaceAFileUnasked) {
  Archive::create(comm_, file("once.h5"), false).close();
  const auto message = message_of<config_error>([&] { Archive::create(comm_, file("once.h5"), false); });
  EXPECT_EQ(message, fmt::format("'{}' exists already; give --overwrite to replace it", file("once.h5").string()));
  auto archive = Archive::create(comm_, file("once.h5"), true);
  archive.create_dataset<double>("/new", {1}, "new");
  archive.close();
  EXPECT_EQ(Archive::open(file("once.h5")).datasets().size(), 1U);
  EXPECT_TRUE(contains(message_of<io_error>([&] { Archive::create(comm_, file("no/such/folder.h5"), false); }),
                       "there is no directory"));
  EXPECT_TRUE(contains(message_of<io_error>([&] { Archive::create(comm_, folder_, true); }), "it is no regular file"));
}

TEST_F(ArchiveTest, SaysOnAllRanksWhatDoesNotFit) {
  auto archive = Archive::create(comm_, file("fit.h5"), false);
  archive.create_dataset<double>("/a", {4, 2}, "a");
  const std::vector<double> values(4);
  const auto last = size_ - 1;
  const auto write = [&](Slab wrong, std::size_t count) {
    // Only the last rank is wrong; the others have nothing to write, and must hear of it all the same.
    const Slab none{{0, 0}, {0, 2}};
    return message_of<io_error>([&] {
      archive.write<double>("/a", rank_ == last ? wrong : none, std::span(values).first(rank_ == last ? count : 0),
                            Access::collective);
    });
  };
  const auto cannot = fmt::format("cannot write '/a' in '{}': ", file("fit.h5").string());
  EXPECT_EQ(write({{3, 0}, {2, 2}}, 4), cannot + "the part [3, 0] + [2, 2] is not inside the extents [4, 2]");
  EXPECT_EQ(write({{0}, {4}}, 4), cannot + "the part [0] + [4] is not inside the extents [4, 2]");
  EXPECT_EQ(write({{0, 0}, {1, 2}}, 4), cannot + "4 numbers for a part of 2");
  EXPECT_TRUE(contains(message_of<io_error>([&] {
                         archive.write<double>("/b", {{0, 0}, {0, 2}}, {}, Access::collective);
                       }),
                       "has no dataset '/b'"));
  EXPECT_TRUE(contains(message_of<io_error>([&] { archive.create_dataset<double>("/a", {1}, "again"); }), "HDF5: "));
  archive.close();
}

TEST_F(ArchiveTest, TurnsAFullDiskIntoAnError) {
  // A limit on the file's size fails writes as a full disk does, without a disk to fill.
  rlimit before{};
  getrlimit(RLIMIT_FSIZE, &before);
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  const auto with_limit = [&](const std::function<void()>& work) {
    auto limit = before;
    limit.rlim_cur = 1U << 20U;
    setrlimit(RLIMIT_FSIZE, &limit);
    const auto message = message_of<io_error>(work);
    EXPECT_TRUE(contains(message, fmt::format("cannot write '/big' in '{}' (HDF5: ", file("full.h5").string())))
        << message;
    setrlimit(RLIMIT_FSIZE, &before);
  };
  {
    auto archive = Archive::create(comm_, file("full.h5"), false);
    archive.create_dataset<double>("/big", {1U << 21U}, "does not fit");
    archive.flush();
    with_limit([&] { archive.fill(); });
    for (const auto access : {Access::collective, Access::independent}) {
      const auto mine = rows_of(1U << 21U, 1, rank_, size_);
      const std::vector<double> values(mine.elements() + 1);
      const Slab slab{{mine.start[0]}, {mine.count[0]}};
      with_limit([&] { archive.write<double>("/big", slab, std::span(values).first(mine.elements()), access); });
    }
  }
  std::signal(SIGXFSZ, handler);
}

TEST_F(ArchiveTest, ReadsNumericDatasetsOfOthers) {
  const auto path = file("others.h5").string();
  if (rank_ == 0) {
    const auto command = "env -i /usr/bin/python3 -c \"import h5py, numpy as n; f = h5py.File('" + path +
                         "', 'w'); f['a'] = n.arange(6, dtype='i2').reshape(2, 3); f['s'] = n.float32(1.5); f['t'] = "
                         "'text'; f['z'] = n.ones(2, 'c16'); f['g/h'] = n.array([1., n.nan]); f.create_dataset('k', "
                         "data=n.arange(4.), chunks=(2,), compression='gzip'); f['e'] = h5py.Empty('f8')\"";
    ASSERT_EQ(std::system(command.c_str()), 0);  // NOLINT(*-env33-c)
    std::ofstream(file("text.h5")) << "not HDF5";
  }
  MPI_Barrier(comm_);
  const auto a = read_numeric_dataset(path, "/a");
  EXPECT_EQ(a.dims, (std::vector<std::uint64_t>{2, 3}));
  EXPECT_EQ(a.values, (std::vector<double>{0, 1, 2, 3, 4, 5}));
  const auto s = read_numeric_dataset(path, "s");
  EXPECT_TRUE(s.dims.empty());
  EXPECT_EQ(s.values, std::vector<double>{1.5});
  EXPECT_EQ(read_numeric_dataset(path, "k").values, (std::vector<double>{0, 1, 2, 3}));
  EXPECT_TRUE(std::isnan(read_numeric_dataset(path, "/g/h").values[1]));
  const auto error = [&](const std::string& dataset) {
    return message_of<io_error>([&] { read_numeric_dataset(path, dataset); });
  };
  EXPECT_EQ(error("/t"), fmt::format("dataset '/t' of '{}' does not hold real numbers", path));
  EXPECT_EQ(error("/z"), fmt::format("dataset '/z' of '{}' does not hold real numbers", path));
  EXPECT_EQ(error("/e"), fmt::format("dataset '/e' of '{}' is empty", path));
  EXPECT_EQ(error("/g"), fmt::format("'/g' in '{}' is a group, not a dataset", path));
  EXPECT_EQ(error("/g/x/y"), fmt::format("'{}' has no dataset '/g/x/y'", path));
  EXPECT_EQ(error("/a/b"), fmt::format("'{}' has no dataset '/a/b'", path));
  EXPECT_EQ(error(""), fmt::format("'{}' has no dataset ''", path));
  const auto of_file = [&](const fs::path& wrong) {
    return message_of<io_error>([&] { read_numeric_dataset(wrong, "/a"); });
  };
  EXPECT_EQ(of_file(file("text.h5")), fmt::format("'{}' is not an HDF5 file", file("text.h5").string()));
  EXPECT_EQ(of_file(file("none.h5")),
            fmt::format("cannot open '{}': No such file or directory", file("none.h5").string()));
  EXPECT_EQ(of_file(folder_), fmt::format("'{}' is a directory", folder_.string()));
}

}  // namespace
}  // namespace hjnet
