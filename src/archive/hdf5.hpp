#pragma once
/// What the archive's own sources share of HDF5: handles that close themselves, errors as exceptions. Not for others.

#include <hdf5.h>

#include <string>
#include <utility>

namespace hjnet::hdf5 {

/// Stops HDF5 from printing its error stack; the exceptions made here carry its innermost message instead.
/// Harmless to repeat; whatever opens or creates a file calls it first.
void silence_errors();

/// Throws io_error: `what`, followed by the innermost message of HDF5's error stack.
[[noreturn]] void throw_error(const std::string& what);

template <class Result, class What>
Result checked(Result result, What&& what) {
  if (result < 0) throw_error(what());
  return result;
}

/// An HDF5 identifier, closed at the end of its life. Closing may fail (a disk that is full): the destructor then
/// says nothing, close() throws.
class Handle {
public:
  using Close = herr_t (*)(hid_t);

  Handle() = default;
  Handle(hid_t id, Close close) : id_(id), close_(close) {}
  Handle(Handle&& other) noexcept
      : id_(std::exchange(other.id_, H5I_INVALID_HID)), close_(std::exchange(other.close_, nullptr)) {}
  Handle& operator=(Handle&& other) noexcept {
    std::swap(id_, other.id_);
    std::swap(close_, other.close_);
    return *this;
  }
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;
  ~Handle() {
    if (id_ >= 0) close_(id_);
  }

  [[nodiscard]] hid_t get() const { return id_; }

  /// Leaves the identifier open and forgets it.
  void release() { id_ = H5I_INVALID_HID; }

  /// Closes now. Throws io_error, beginning with `what`, where HDF5 cannot.
  void close(const std::string& what) {
    if (id_ >= 0 && close_(std::exchange(id_, H5I_INVALID_HID)) < 0) throw_error(what);
  }

private:
  hid_t id_ = H5I_INVALID_HID;
  Close close_ = nullptr;
};

}  // namespace hjnet::hdf5

/// The value of an HDF5 call; io_error beginning with `what` (a string expression, made only then) where it failed.
#define HJNET_HDF5(call, what) ::hjnet::hdf5::checked((call), [&] { return std::string(what); })
