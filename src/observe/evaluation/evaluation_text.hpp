#pragma once
/// Evaluations in words.

#include <string>

namespace hjnet {

/// What a set is called and how it was answered: "test 96.94 % (E = 0.051)", without an accuracy "test E = 0.051".
std::string answer_text(const std::string& set, double error, const double* accuracy);

}  // namespace hjnet
