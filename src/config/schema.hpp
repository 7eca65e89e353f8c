#pragma once
/// The reference of the input as JSON Schema, for editors and other programs.

#include <string>

namespace hjnet {

/// JSON Schema (2020-12) of an input, of `hjnet run` or of `hjnet torus`. It says what a key alone may be, so that
/// what the reader takes conforms; rules between keys are the reader's.
std::string json_schema();

}  // namespace hjnet
