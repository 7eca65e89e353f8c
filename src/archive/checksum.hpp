#pragma once
/// Checksums of arrays that many ranks write in any order: a sum over all elements, modulo 2^64, of a hash of each
/// element's position and bits. Sums of parts add up to that of the whole, whoever has the parts. A change of one
/// element always changes the sum; others go unnoticed once in 2^64.

#include "archive/slab.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace hjnet {

/// The share of a packed buffer of the part `slab` of an array with extents `dims`, whose elements have `element_bytes`
/// bytes: 4, or a multiple of 8. An empty slab's share is 0.
std::uint64_t slab_checksum(const Slab& slab, const std::vector<std::uint64_t>& dims, std::size_t element_bytes,
                            const void* values);

/// The share of the bytes of a file that begin `offset` bytes from its start. Stretches that follow one another add up
/// where their lengths, but for the last one's, are multiples of 8.
std::uint64_t bytes_checksum(std::span<const std::byte> bytes, std::uint64_t offset);

/// As 16 hexadecimal digits.
std::string checksum_text(std::uint64_t checksum);

}  // namespace hjnet
