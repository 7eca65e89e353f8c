#pragma once
/// What the tests of the archive share: a folder for each test, the message of an exception, rows dealt to the ranks.

#include "../support/shared_folder.hpp"
#include "archive/archive.hpp"
#include "parallel/errors.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <functional>
#include <string>

namespace hjnet {

namespace fs = std::filesystem;

/// The message of the exception that `work` throws; fails where it throws none of type Error.
template <class Error>
std::string message_of(const std::function<void()>& work) {
  try {
    work();
  } catch (const Error& error) {
    return error.what();
  }
  ADD_FAILURE() << "nothing thrown";
  return "";
}

inline bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

using ArchiveTest = test::SharedFolder;

/// Rows of an n-row array that this rank holds; with more ranks than rows some hold none.
inline Slab rows_of(std::uint64_t n, std::uint64_t columns, int rank, int size) {
  const auto r = static_cast<std::uint64_t>(rank);
  const auto s = static_cast<std::uint64_t>(size);
  const auto first = n * r / s;
  return {{first, 0}, {n * (r + 1) / s - first, columns}};
}

}  // namespace hjnet
