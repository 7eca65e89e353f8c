// Files that change: updates, attributes in place, publication, and disks that are full or may not be written.
#include "archive_fixture.hpp"

#include "archive/files/publish.hpp"

#include <fmt/format.h>
#include <sys/mount.h>

#include <fstream>

namespace hjnet {
namespace {

TEST_F(ArchiveTest, IsUpdatedInPlace) {
  const std::uint64_t n = 5;
  const auto mine = rows_of(n, 2, rank_, size_);
  const std::vector<double> values(mine.elements(), 1.0 + rank_);
  {
    auto archive = Archive::create(comm_, file("a.h5"), false);
    archive.create_dataset<double>("/kept", {n, 2}, "numbers");
    archive.create_dataset<double>("/changed", {n, 2}, "numbers", "m");
    archive.fill();
    archive.write<double>("/kept", mine, values, Access::collective);
    archive.write_attribute("/", "input", "first");
    archive.write_attribute("/", "count", std::int64_t{1});
    archive.close();
  }
  {
    auto archive = Archive::update(comm_, file("a.h5"));
    EXPECT_EQ(archive.attributes("/").at("input"), AttributeValue("first"));
    archive.create_dataset<std::int64_t>("/new/one", {}, "a number");
    const std::int64_t number = 7;
    archive.write_root<std::int64_t>("/new/one", std::span(&number, 1));
    archive.write<double>("/changed", mine, values, Access::independent);
    archive.write_attribute("/", "input", std::string(5000, 'y'));
    archive.close();
  }
  const auto archive = Archive::open(file("a.h5"));
  EXPECT_EQ(archive.datasets().size(), 3U);
  EXPECT_EQ(archive.read_all<double>("/changed"), archive.read_all<double>("/kept"));
  EXPECT_EQ(archive.read_all<double>("/kept").back(), static_cast<double>(size_));
  EXPECT_EQ(archive.read_all<std::int64_t>("/new/one"), std::vector<std::int64_t>{7});
  EXPECT_EQ(archive.attributes("/").at("input"), AttributeValue(std::string(5000, 'y')));
  EXPECT_EQ(archive.attributes("/").at("count"), AttributeValue(std::int64_t{1}));
  EXPECT_EQ(archive.attributes("/changed").at("units"), AttributeValue("m"));
}

TEST_F(ArchiveTest, RewritesAttributesInPlace) {
  const auto path = file("attributes.h5");
  {
    auto archive = Archive::create(comm_, path, false);
    archive.create_group("/group");
    archive.close();
  }
  const auto write = [&](int first, int last) {
    auto archive = Archive::update(comm_, path);
    for (auto i = first; i <= last; ++i) {
      archive.write_attribute("/group", "epochs", std::int64_t{i});
      archive.write_attribute("/group", "time", 0.5 * i);
    }
    archive.close();
    MPI_Barrier(comm_);
    return fs::file_size(path);
  };
  const auto size = write(0, 0);
  MPI_Barrier(comm_);
  EXPECT_EQ(write(1, 200), size);
  const auto attributes = [&] { return Archive::open(path).attributes("/group"); };
  using Attributes = std::map<std::string, AttributeValue>;
  EXPECT_EQ(attributes(), (Attributes{{"epochs", std::int64_t{200}}, {"time", 100.0}}));
  MPI_Barrier(comm_);
  {
    // Another type takes the attribute's place; strings may grow and shrink.
    auto archive = Archive::update(comm_, path);
    archive.write_attribute("/group", "time", 1.5);
    archive.write_attribute("/group", "epochs", "text");
    for (const auto length : {5U, 5000U, 0U, 300000U, 70U}) {
      archive.write_attribute("/group", "epochs", std::string(length, 'z'));
    }
    archive.close();
  }
  EXPECT_EQ(attributes(), (Attributes{{"epochs", std::string(70, 'z')}, {"time", 1.5}}));
}

TEST_F(ArchiveTest, SaysWhatCannotBeUpdated) {
  if (rank_ == 0) std::ofstream(file("text.h5")) << "not HDF5";
  MPI_Barrier(comm_);
  const auto error = [&](const fs::path& path) { return message_of<io_error>([&] { Archive::update(comm_, path); }); };
  EXPECT_EQ(error(file("text.h5")), fmt::format("'{}' is not an HDF5 file", file("text.h5").string()));
  EXPECT_EQ(error(file("no.h5")), fmt::format("cannot open '{}': No such file or directory", file("no.h5").string()));
  EXPECT_EQ(error(folder_), fmt::format("'{}' is a directory", folder_.string()));
}

TEST_F(ArchiveTest, LosesItsSealWhereItIsUpdated) {
  {
    auto archive = Archive::create(comm_, file("sealed.h5"), false);
    archive.keep_checksums();
    archive.write_attribute("/", "n", std::int64_t{1});
    archive.seal();
  }
  Archive::verify(comm_, file("sealed.h5"));
  {
    auto archive = Archive::update(comm_, file("sealed.h5"));
    archive.write_attribute("/", "n", std::int64_t{2});
    archive.close();
  }
  message_of<io_error>([&] { Archive::verify(comm_, file("sealed.h5")); });
  EXPECT_EQ(Archive::open(file("sealed.h5")).attributes("/").at("n"), AttributeValue(std::int64_t{2}));
}

TEST_F(ArchiveTest, IsPublishedByRenaming) {
  const auto text = [&](const fs::path& path) {
    std::string found;
    std::ifstream(path) >> found;
    MPI_Barrier(comm_);
    return found;
  };
  if (rank_ == 0) std::ofstream(file("to")) << "old";
  if (rank_ == 0) std::ofstream(file("from")) << "new";
  publish(comm_, file("from"), file("to"));
  EXPECT_EQ(text(file("to")), "new");
  EXPECT_FALSE(fs::exists(file("from")));
  const auto error = [&](const fs::path& from, const fs::path& to) {
    return message_of<io_error>([&] { publish(comm_, from, to); });
  };
  EXPECT_EQ(error(file("from"), file("to")),
            fmt::format("cannot open '{}': No such file or directory", file("from").string()));
  EXPECT_EQ(error(file("to"), file("none/to")), fmt::format("cannot rename '{}' to '{}': No such file or directory",
                                                            file("to").string(), file("none/to").string()));
  EXPECT_EQ(text(file("to")), "new");
}

/// A file system of two MiB, where the test may make one.
class SmallDiskTest : public ArchiveTest {
protected:
  void SetUp() override {
    ArchiveTest::SetUp();
    int mounted = 0;
    if (rank_ == 0) {
      fs::create_directory(disk());
      mounted = ::mount("none", disk().c_str(), "tmpfs", 0, "size=2m") == 0 ? 1 : 0;
    }
    MPI_Bcast(&mounted, 1, MPI_INT, 0, comm_);
    mounted_ = mounted != 0;
    if (!mounted_) GTEST_SKIP() << "only root may mount the small file system that this test fills";
  }
  void TearDown() override {
    MPI_Barrier(comm_);
    if (rank_ == 0 && mounted_) {
      EXPECT_EQ(::umount2(disk().c_str(), MNT_DETACH), 0);
    }
    ArchiveTest::TearDown();
  }
  [[nodiscard]] fs::path disk() const { return file("disk"); }

  bool mounted_ = false;
};

TEST_F(SmallDiskTest, FillsUpWithAnErrorOnAllRanks) {
  const auto path = disk() / "big.h5";
  const std::uint64_t n = 1U << 19U;
  const auto mine = rows_of(n, 1, rank_, size_);
  const std::vector<double> values(mine.elements(), 1.0);
  const auto old = disk() / "old.h5";
  Archive::create(comm_, old, false).close();
  for (const auto access : {Access::collective, Access::independent}) {
    auto archive = Archive::create(comm_, path, false);
    archive.keep_checksums();
    archive.create_dataset<double>("/big", {n, 1}, "4 MiB");
    std::string message;
    try {
      archive.write<double>("/big", mine, values, access);
    } catch (const io_error& error) {
      message = error.what();
      EXPECT_TRUE(contains(message, fmt::format("cannot write '/big' in '{}'", path.string()))) << message;
    }
    // An independent error stays where it is; who comes first may find room.
    int failures = message.empty() ? 0 : 1;
    MPI_Allreduce(MPI_IN_PLACE, &failures, 1, MPI_INT, MPI_SUM, comm_);
    EXPECT_GE(failures, access == Access::collective ? size_ : 1);
    const auto full = [&](const std::string& what, const fs::path& file, const std::function<void()>& work) {
      EXPECT_EQ(message_of<io_error>(work), fmt::format("cannot {} '{}': its disk is full", what, file.string()));
    };
    const auto other = disk() / "other.h5";
    full("write to", path, [&] { archive.seal(); });
    full("write to", old, [&] { Archive::update(comm_, old); });
    full("create", other, [&] { Archive::create(comm_, other, false); });
    archive.discard();
    EXPECT_FALSE(fs::exists(path));
  }
}

TEST_F(SmallDiskTest, MayBeFilledByOthers) {
  // HDF5 has all of the structure still to write, and no room for any of it.
  const auto path = disk() / "a.h5";
  {
    auto archive = Archive::create(comm_, path, false);
    archive.keep_checksums();
    for (int i = 0; i < 100; ++i) archive.create_dataset<double>(fmt::format("/a{}", i), {}, "a number");
    MPI_Barrier(comm_);
    if (rank_ == 0) std::ofstream(disk() / "other") << std::string(4U << 20U, 'x');
    MPI_Barrier(comm_);
    EXPECT_EQ(message_of<io_error>([&] { archive.seal(); }),
              fmt::format("cannot write to '{}': its disk is full", path.string()));
    archive.discard();
  }
  if (rank_ == 0) fs::remove(disk() / "other");
  MPI_Barrier(comm_);
  auto archive = Archive::create(comm_, path, false);
  archive.keep_checksums();
  archive.seal();
  Archive::verify(comm_, path);
}

TEST_F(SmallDiskTest, ThatMayNotBeWrittenIsAnError) {
  const auto path = disk() / "a.h5";
  Archive::create(comm_, path, false).close();
  if (rank_ == 0) {
    EXPECT_EQ(::mount("none", disk().c_str(), "tmpfs", MS_REMOUNT | MS_RDONLY, "size=2m"), 0);
  }
  MPI_Barrier(comm_);
  const auto reason = "may not be written (Read-only file system)";
  EXPECT_EQ(message_of<io_error>([&] { Archive::update(comm_, path); }),
            fmt::format("cannot write to '{0}': '{0}' {1}", path.string(), reason));
  EXPECT_EQ(message_of<io_error>([&] { Archive::create(comm_, path, true); }),
            fmt::format("cannot create '{0}': '{0}' {1}", path.string(), reason));
  const auto other = disk() / "b.h5";
  EXPECT_EQ(message_of<io_error>([&] { Archive::create(comm_, other, true); }),
            fmt::format("cannot create '{}': '{}' {}", other.string(), disk().string(), reason));
  EXPECT_TRUE(contains(message_of<io_error>([&] { publish(comm_, path, other); }), "Read-only file system"));
}

}  // namespace
}  // namespace hjnet
