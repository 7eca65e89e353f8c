#pragma once
/// The three ways in which hjnet fails. Each has its exit status; apps/ maps them, nothing else catches them for good.

#include <stdexcept>
#include <string>

namespace hjnet {

/// Exit statuses of the executable.
enum class ExitStatus : int { complete = 0, failed = 1, bad_input = 2, stopped_early = 75 };

/// Bad input or usage: found before any long work. Exit status 2.
class config_error : public std::runtime_error {
public:
  using std::runtime_error::runtime_error;
};

/// The computation cannot go on (non-finite values, an integrator that gives up, a singular system). Exit status 1.
class numerical_error : public std::runtime_error {
public:
  using std::runtime_error::runtime_error;
};

/// A file cannot be read or written. Exit status 1.
class io_error : public std::runtime_error {
public:
  using std::runtime_error::runtime_error;
};

}  // namespace hjnet
