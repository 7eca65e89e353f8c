#include "archive/seal.hpp"

#include "archive/checksum.hpp"
#include "archive/files/descriptor.hpp"
#include "parallel/errors.hpp"

#include <fcntl.h>
#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <span>

namespace hjnet {

namespace {

/// "hjnetend", as bytes.
constexpr std::uint64_t mark = 0x646e6574656e6a68;

/// What follows the stretches. It has a checksum of its own: a damaged count must not have us read a long list.
struct Tail {
  std::uint64_t stretches = 0, checksum = 0, own_checksum = 0, mark = 0;

  [[nodiscard]] std::uint64_t computed() const {
    return bytes_checksum(std::as_bytes(std::span(&stretches, 1)), 0) +
           bytes_checksum(std::as_bytes(std::span(&checksum, 1)), sizeof(stretches));
  }
};

/// Bytes read at once; a multiple of 8.
constexpr std::uint64_t block = std::uint64_t{1} << 22U;

std::uint64_t checksum_between(const Descriptor& file, std::uint64_t begin, std::uint64_t end,
                               std::vector<std::byte>& buffer) {
  std::uint64_t sum = 0;
  for (auto at = begin; at < end; at += block) {
    buffer.resize(std::min(block, end - at));
    file.read(at, buffer);
    sum += bytes_checksum(buffer, at);
  }
  return sum;
}

/// Of a file whose seal begins at `end`: all bytes up to there but `numbers`, which are in order and do not overlap,
/// and the list of `numbers` itself.
std::uint64_t seal_checksum(const Descriptor& file, std::span<const Stretch> numbers, std::uint64_t end) {
  std::uint64_t sum = bytes_checksum(std::as_bytes(numbers), end);
  std::uint64_t begin = 0;
  std::vector<std::byte> buffer;
  for (const auto& [offset, length] : numbers) {
    sum += checksum_between(file, begin, offset, buffer);
    begin = offset + length;
  }
  return sum + checksum_between(file, begin, end, buffer);
}

bool in_order(std::span<const Stretch> numbers, std::uint64_t end) {
  std::uint64_t begin = 0;
  for (const auto& [offset, length] : numbers) {
    if (offset < begin || offset > end || length > end - offset) return false;
    begin = offset + length;
  }
  return true;
}

}  // namespace

void write_seal(const std::filesystem::path& file, std::vector<Stretch> numbers) {
  std::sort(numbers.begin(), numbers.end(), [](const auto& a, const auto& b) { return a.offset < b.offset; });
  Descriptor descriptor(file, O_RDWR);
  const auto end = descriptor.size();
  if (!in_order(numbers, end)) throw io_error(fmt::format("cannot seal '{}': datasets overlap", file.string()));
  Tail tail{numbers.size(), seal_checksum(descriptor, numbers, end), 0, mark};
  tail.own_checksum = tail.computed();
  const auto list = std::as_bytes(std::span(numbers));
  descriptor.write(end, list);
  descriptor.write(end + list.size(), std::as_bytes(std::span(&tail, 1)));
}

bool has_seal(const std::filesystem::path& file) {
  const Descriptor descriptor(file, O_RDONLY);
  const auto size = descriptor.size();
  std::uint64_t last = 0;
  if (size >= sizeof(last)) descriptor.read(size - sizeof(last), std::as_writable_bytes(std::span(&last, 1)));
  return last == mark;
}

void expect_seal(const std::filesystem::path& file) {
  const auto name = file.string();
  const Descriptor descriptor(file, O_RDONLY);
  const auto size = descriptor.size();
  if (size == 0) throw io_error(fmt::format("'{}' is empty", name));
  Tail tail;
  if (size >= sizeof(Tail)) descriptor.read(size - sizeof(Tail), std::as_writable_bytes(std::span(&tail, 1)));
  if (tail.mark != mark) {
    throw io_error(fmt::format("'{}' is incomplete or damaged: it does not end as a file with checksums does", name));
  }
  const auto damaged =
      io_error(fmt::format("'{}' is damaged: its attributes or structure do not match their checksum", name));
  const auto room = size - sizeof(Tail);
  if (tail.own_checksum != tail.computed() || tail.stretches > room / sizeof(Stretch)) throw damaged;
  std::vector<Stretch> numbers(tail.stretches);
  const auto end = room - numbers.size() * sizeof(Stretch);
  descriptor.read(end, std::as_writable_bytes(std::span(numbers)));
  if (!in_order(numbers, end) || seal_checksum(descriptor, numbers, end) != tail.checksum) throw damaged;
}

}  // namespace hjnet
