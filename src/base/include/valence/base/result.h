// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>

namespace valence {

/// What kind of failure an Error is. A closed set: one table maps it to exit codes (apps/valence), one to HTTP.
enum class ErrorCode {
  kInvalidArgument,     ///< a flag, parameter or request that can never work
  kNotFound,            ///< a named thing that is not there
  kConflict,            ///< it exists already, or changed meanwhile
  kFailedPrecondition,  ///< right call, wrong state: a stage before it has not run, a gate refused
  kDataCorrupt,         ///< bytes that do not follow their format, or fail their digest
  kResourceExhausted,   ///< over a limit: size, memory, disk
  kUnavailable,         ///< the outside world failed: file system, network, server
  kDeadlineExceeded,    ///< it took too long
  kUnimplemented,       ///< understood, but not supported
  kInternal,            ///< a defect of ours
};

/// The code's name as it appears in JSON answers and logs, such as "invalid_argument".
std::string_view ErrorCodeName(ErrorCode code);

/// A failure: its kind, and one sentence for a person saying what, where, got, wanted, and what to do next.
struct [[nodiscard]] Error {
  ErrorCode code = ErrorCode::kInternal;
  std::string message;

  /// The same error with `context: ` put before its message, for callers that know more of the where.
  Error With(std::string_view context) && {
    message.insert(0, ": ").insert(0, context);
    return std::move(*this);
  }
};

inline Error InvalidArgument(std::string m) { return {ErrorCode::kInvalidArgument, std::move(m)}; }
inline Error NotFound(std::string m) { return {ErrorCode::kNotFound, std::move(m)}; }
inline Error FailedPrecondition(std::string m) { return {ErrorCode::kFailedPrecondition, std::move(m)}; }
inline Error DataCorrupt(std::string m) { return {ErrorCode::kDataCorrupt, std::move(m)}; }
inline Error ResourceExhausted(std::string m) { return {ErrorCode::kResourceExhausted, std::move(m)}; }
inline Error Unavailable(std::string m) { return {ErrorCode::kUnavailable, std::move(m)}; }
inline Error DeadlineExceeded(std::string m) { return {ErrorCode::kDeadlineExceeded, std::move(m)}; }
inline Error Unimplemented(std::string m) { return {ErrorCode::kUnimplemented, std::move(m)}; }
inline Error Internal(std::string m) { return {ErrorCode::kInternal, std::move(m)}; }

/// A value or an Error. Member names follow std::expected, so that a later toolchain can alias it.
template <class T>
class [[nodiscard]] Result {
 public:
  using value_type = T;

  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}      // NOLINT(google-explicit-constructor)
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}  // NOLINT(google-explicit-constructor)

  bool has_value() const { return state_.index() == 0; }
  explicit operator bool() const { return has_value(); }

  /// Requires has_value(); otherwise throws std::bad_variant_access.
  T& value() & { return std::get<0>(state_); }
  const T& value() const& { return std::get<0>(state_); }
  T&& value() && { return std::get<0>(std::move(state_)); }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

  /// Requires !has_value().
  Error& error() & { return std::get<1>(state_); }
  const Error& error() const& { return std::get<1>(state_); }
  Error&& error() && { return std::get<1>(std::move(state_)); }

 private:
  std::variant<T, Error> state_;
};

/// Success without a value, or an Error.
using Status = Result<std::monostate>;
inline Status Ok() { return std::monostate{}; }

}  // namespace valence

#define VALENCE_INTERNAL_CONCAT2(a, b) a##b
#define VALENCE_INTERNAL_CONCAT(a, b) VALENCE_INTERNAL_CONCAT2(a, b)

/// `VALENCE_TRY(auto rows, ReadCsv(path));` returns the Error to our caller, or gives the value. One use per line.
#define VALENCE_TRY(declaration, expression)                              \
  auto VALENCE_INTERNAL_CONCAT(result_, __LINE__) = (expression);         \
  if (!VALENCE_INTERNAL_CONCAT(result_, __LINE__).has_value())            \
    return std::move(VALENCE_INTERNAL_CONCAT(result_, __LINE__)).error(); \
  declaration = std::move(VALENCE_INTERNAL_CONCAT(result_, __LINE__)).value()

/// `VALENCE_RETURN_IF_ERROR(WriteFile(...));` returns the Error to our caller. For a Status, or a value nobody needs.
#define VALENCE_RETURN_IF_ERROR(expression)                                    \
  do {                                                                         \
    auto valence_status = (expression);                                        \
    if (!valence_status.has_value()) return std::move(valence_status).error(); \
  } while (false)
