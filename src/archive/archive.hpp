#pragma once
/// Named arrays in and out of a file (HDF5 underneath), by one rank or by all ranks of a communicator at once.
/// Knows no physics. Contiguous datasets only, each with attributes `description` and `units`.

#include "archive/hdf5.hpp"
#include "archive/slab.hpp"

#include <mpi.h>

#include <complex>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace hjnet {

/// What an array may hold. Complex numbers are the compound {r, i} that h5py reads as complex.
enum class Element { float64, int32, int64, complex128 };

template <class T>
constexpr Element element_of();
template <>
constexpr Element element_of<double>() {
  return Element::float64;
}
template <>
constexpr Element element_of<std::int32_t>() {
  return Element::int32;
}
template <>
constexpr Element element_of<std::int64_t>() {
  return Element::int64;
}
template <>
constexpr Element element_of<std::complex<double>>() {
  return Element::complex128;
}

/// An extent of a dataset. With a name it is an axis: the dataset of that name in the same group holds its values, a
/// "dimension scale" of HDF5, by which netCDF and xarray know it.
struct Dimension {
  Dimension(std::uint64_t extent) : size(extent) {}
  /// Where the scale is not there yet it is made of whole numbers, from `start` on. `from`: the group that has it,
  /// where that is another; the group of the dataset has a link to it then. "/": the root, without links, where they
  /// would be too many.
  Dimension(std::string axis, std::uint64_t extent, std::string from = {}, std::int64_t start = 0)
      : name(std::move(axis)), size(extent), home(std::move(from)), first(start) {}

  std::string name;
  std::uint64_t size = 0;
  std::string home;
  std::int64_t first = 0;
};

/// How the ranks of an archive's communicator take part in a transfer. collective: all of them call, those without data
/// with an empty slab, and an error on one is thrown on all. independent: whoever has data calls; an error stays there.
enum class Access { collective, independent };

/// A value of an attribute.
using AttributeValue = std::variant<std::string, double, std::int64_t>;

/// An attribute of that name and type among those of an object; null where there is none.
template <class T>
const T* find_attribute(const std::map<std::string, AttributeValue>& attributes, const std::string& name) {
  const auto found = attributes.find(name);
  return found == attributes.end() ? nullptr : std::get_if<T>(&found->second);
}

/// A text among the attributes of an object; "" where there is none of that name.
std::string text_attribute(const std::map<std::string, AttributeValue>& attributes, const std::string& name);
/// Its lines.
std::vector<std::string> text_lines(const std::map<std::string, AttributeValue>& attributes, const std::string& name);

/// What is known of a dataset without reading it.
struct DatasetInfo {
  std::string path;
  std::vector<std::uint64_t> dims;  ///< slowest first; empty for a scalar
  std::string type;                 ///< "float64", "int32", "complex128", "string", ...
  std::uint64_t bytes = 0;
  std::string description, units;  ///< empty where the dataset does not say
};

/// An open file. Where it was opened on a communicator, everything but independent transfers and questions is
/// collective over it and throws the same io_error on all its ranks; the communicator must outlive the archive.
/// Destruction closes without a word; call close() where data matter. While an exception passes, or after flush() has
/// failed, destruction leaves the file of a communicator to the end of the process: closing is collective, and the
/// others may not come. After a failed flush() that end must be MPI_Abort: MPI_Finalize has HDF5 try again, and hang.
class Archive {
public:
  /// Bytes that one rank moves in one call to HDF5: MPI-IO counts in int, so longer transfers go in parts.
  static constexpr std::uint64_t default_transfer_bytes = std::uint64_t{1} << 30;

  /// Makes a new file on the ranks of `comm`. Throws config_error where it exists and `overwrite` is false (with
  /// `overwrite` it is emptied first), io_error where it cannot be made.
  static Archive create(MPI_Comm comm, const std::filesystem::path& file, bool overwrite,
                        std::uint64_t transfer_bytes = default_transfer_bytes);
  /// As create() with `overwrite`, but a file that is there stays until take_place(): what is made first is
  /// FILE.partial.
  static Archive replace(MPI_Comm comm, const std::filesystem::path& file,
                         std::uint64_t transfer_bytes = default_transfer_bytes);
  [[nodiscard]] bool is_out_of_place() const { return !place_.empty(); }
  /// Flushes, and puts the file where replace() was asked to. Collective; the same io_error on all ranks.
  void take_place();
  /// Opens a file for reading on the ranks of `comm`, as many as one likes. Throws io_error.
  static Archive open(MPI_Comm comm, const std::filesystem::path& file,
                      std::uint64_t transfer_bytes = default_transfer_bytes);
  /// Opens an existing file for reading and writing on the ranks of `comm`. Throws io_error: it is not there, not HDF5,
  /// may not be written, or its disk is full.
  static Archive update(MPI_Comm comm, const std::filesystem::path& file,
                        std::uint64_t transfer_bytes = default_transfer_bytes);
  /// Opens a file for reading on this rank alone. Throws io_error.
  static Archive open(const std::filesystem::path& file);

  Archive(Archive&&) noexcept = default;
  Archive& operator=(Archive&&) noexcept = default;
  Archive(const Archive&) = delete;
  Archive& operator=(const Archive&) = delete;
  ~Archive();

  /// Makes a group, and those above it that are missing.
  void create_group(const std::string& path);

  /// Makes a dataset at its full size, and the groups above it that are missing. What is not written reads as zero,
  /// unless fill() was called. `units` "1" is dimensionless. A dataset of one axis that has the axis' name is its
  /// scale.
  template <class T>
  void create_dataset(const std::string& path, const std::vector<Dimension>& dims, const std::string& description,
                      const std::string& units = "1") {
    create(path, element_of<T>(), dims, description, units);
  }

  /// Brings the structure of the file to the disk, then fills all datasets made since the last call with NaN (integers:
  /// -1; scales of whole numbers: those), each rank its part. In this order a disk too small for the data fails with
  /// the structure already safe.
  void fill();

  /// Gives an existing object a second name (a hard link).
  void link(const std::string& existing, const std::string& path);

  /// Takes an object out of its group; the room that it had in the file is not given back.
  void remove(const std::string& path);

  /// Writes slab.elements() numbers, packed row by row. Throws io_error: no such dataset, a slab that does not fit it,
  /// a buffer that does not fit the slab, a full disk.
  template <class T>
  void write(const std::string& path, const Slab& slab, std::span<const T> values, Access access) {
    put(path, slab, element_of<T>(), values.size(), access, values.data());
  }
  /// Writes a whole dataset from the values of the communicator's rank 0 (a serial archive: this rank); collective.
  template <class T>
  void write_root(const std::string& path, std::span<const T> values) {
    write_from_root(path, element_of<T>(), values.size(), values.data());
  }

  /// Reads slab.elements() numbers, packed row by row; integers are converted to double where T is double.
  template <class T>
  void read(const std::string& path, const Slab& slab, std::span<T> values, Access access) const {
    transfer(path, slab, element_of<T>(), values.size(), access, In{values.data()});
  }
  /// Reads a whole dataset on the calling rank; independent.
  template <class T>
  [[nodiscard]] std::vector<T> read_all(const std::string& path) const {
    const auto slab = Slab::whole(dims(path));
    std::vector<T> values(slab.elements());
    read<T>(path, slab, values, Access::independent);
    return values;
  }

  /// Sets an attribute of a group or dataset, replacing one of that name. Strings are UTF-8 of any length. The value
  /// must be the same on all ranks.
  void write_attribute(const std::string& object, const std::string& name, const AttributeValue& value);
  /// All scalar string, integer and floating-point attributes of an object; others are left out. Independent.
  [[nodiscard]] std::map<std::string, AttributeValue> attributes(const std::string& object) const;

  [[nodiscard]] bool contains(const std::string& path) const;
  [[nodiscard]] std::vector<std::uint64_t> dims(const std::string& dataset) const;
  /// Every dataset below the root, by path; symbolic links are passed over.
  [[nodiscard]] std::vector<DatasetInfo> datasets() const;
  [[nodiscard]] const std::filesystem::path& file() const { return path_; }

  /// Brings everything written so far to the disk.
  void flush();
  /// Flushes and closes; nothing may be called afterwards but the destructor.
  void close();

  /// Has the file end with checksums: to be called right after create(). Every element of every dataset must then be
  /// written exactly once, by any rank, in any order and any parts, without fill(), and seal() takes the place of
  /// close(). A dataset goes by one name, which begins with '/'.
  void keep_checksums();
  /// Writes the checksum of each dataset into its attribute `checksum` (16 hexadecimal digits), closes the file, and
  /// adds one of all the rest to its end, which other readers of HDF5 pass over. A later update() breaks this seal.
  /// Throws io_error, such as for a disk that is about to be full.
  void seal();
  /// Closes a new file that could not be finished, and removes it; says nothing. Collective, for use after an error
  /// that all ranks have. On a full disk it is a must: HDF5 tries to write a file's structure until the end of the
  /// process, and crashes or hangs where it cannot.
  void discard();
  /// Reads a whole file on the ranks of `comm`, a few MiB a rank at a time. Throws io_error where anything in it is not
  /// as it was sealed, naming the first dataset that is not, or "attributes or structure", or what else is wrong: not
  /// there, empty, incomplete. Whatever the damage, HDF5 only sees a structure that is sound.
  static void verify(MPI_Comm comm, const std::filesystem::path& file);

private:
  struct Out {
    const void* data;
  };
  struct In {
    void* data;
  };
  using Buffer = std::variant<Out, In>;

  Archive(MPI_Comm comm, std::filesystem::path path, std::uint64_t transfer_bytes);

  static Archive opened(MPI_Comm comm, const std::filesystem::path& file, std::uint64_t transfer_bytes, unsigned flags);
  /// A new dataset that is to be filled.
  struct Unfilled {
    std::string path;
    Element element;
    std::optional<std::int64_t> first;  ///< of whole numbers in order
  };

  void create(const std::string& path, Element element, const std::vector<Dimension>& dims,
              const std::string& description, const std::string& units);
  void name_axes(const std::string& path, const std::vector<Dimension>& dims);
  /// Sees to it that the group knows the scale of an axis, whose path is returned.
  std::string provide_scale(const std::string& group, const Dimension& axis);
  void fill(const Unfilled& dataset);
  void transfer(const std::string& path, const Slab& slab, Element element, std::uint64_t size, Access access,
                const Buffer& buffer) const;
  /// write(), with the checksum.
  void put(const std::string& path, const Slab& slab, Element element, std::uint64_t size, Access access,
           const void* data);
  void write_from_root(const std::string& path, Element element, std::uint64_t size, const void* data);
  /// Checksums of this rank's share of the datasets; the sum over the ranks is that of the whole.
  [[nodiscard]] std::vector<std::uint64_t> sum_my_parts(const std::vector<DatasetInfo>& datasets) const;
  void verify_datasets() const;
  [[nodiscard]] std::string message(std::string_view doing, const std::string& path) const;

  MPI_Comm comm_;  ///< MPI_COMM_NULL: opened by this rank alone
  std::filesystem::path path_;
  std::filesystem::path place_;  ///< where take_place() is to put it; empty: it is there
  std::uint64_t transfer_bytes_;
  int exceptions_;       ///< under way when the object was made
  bool broken_ = false;  ///< HDF5 could not write the file's structure
  std::vector<Unfilled> unfilled_;
  std::map<std::string, std::uint64_t> numbered_;  ///< scales of whole numbers that were made here, and their sizes
  std::optional<std::map<std::string, std::uint64_t>> checksums_;  ///< by path, of what this rank wrote
  hdf5::Handle file_;
};

}  // namespace hjnet
