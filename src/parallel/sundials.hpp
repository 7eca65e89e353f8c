#pragma once
/// What differs between the versions of SUNDIALS that hjnet builds with, 6.4 (Debian 12) and 7 (Debian 13). The only
/// place that asks for the version; header only, for those that link SUNDIALS.

#include "parallel/errors.hpp"

#include <cvode/cvode.h>
#include <fmt/format.h>
#include <mpi.h>
#include <sundials/sundials_config.h>
#include <sundials/sundials_context.h>

#include <string>

namespace hjnet {

/// Throws numerical_error with the name of the call where a call of SUNDIALS's failed.
inline void check_sundials(int flag, const char* call) {
  if (flag < 0) throw numerical_error(fmt::format("{} failed with code {}", call, flag));
}

/// A context for the objects of one communicator; of MPI_COMM_NULL for serial ones. To be freed by SUNContext_Free.
inline SUNContext make_sundials_context(MPI_Comm comm) {
  SUNContext context = nullptr;
#if SUNDIALS_VERSION_MAJOR >= 7
  check_sundials(SUNContext_Create(comm, &context), "SUNContext_Create");
#else
  check_sundials(SUNContext_Create(comm == MPI_COMM_NULL ? nullptr : &comm, &context), "SUNContext_Create");
#endif
  return context;
}

/// From now on CVODE's own words are kept in `message`, for exceptions, instead of being printed.
/// @param cvode  initialised, made in this context
inline void keep_cvode_messages([[maybe_unused]] SUNContext context, [[maybe_unused]] void* cvode,
                                std::string& message) {
#if SUNDIALS_VERSION_MAJOR >= 7
  const auto keep = [](int, const char*, const char*, const char* text, SUNErrCode, void* data, SUNContext) {
    *static_cast<std::string*>(data) = text;
  };
  check_sundials(SUNContext_ClearErrHandlers(context), "SUNContext_ClearErrHandlers");
  check_sundials(SUNContext_PushErrHandler(context, keep, &message), "SUNContext_PushErrHandler");
#else
  const auto keep = [](int, const char*, const char*, char* text, void* data) {
    *static_cast<std::string*>(data) = text;
  };
  check_sundials(CVodeSetErrHandlerFn(cvode, keep, &message), "CVodeSetErrHandlerFn");
#endif
}

}  // namespace hjnet
