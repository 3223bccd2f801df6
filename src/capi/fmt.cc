// SPDX-License-Identifier: Apache-2.0
// fmt's own functions, compiled into libvalence.so: Debian has libfmt only as a shared library, which another machine
// may lack. The instantiations are those that libfmt exports and our libraries call.
#define FMT_HEADER_ONLY
#include <fmt/format-inl.h>

#include <string>

namespace fmt {
inline namespace v9 {
namespace detail {

template void vformat_to(buffer<char>&, string_view, basic_format_args<buffer_context<char>>, locale_ref);
template char decimal_point_impl(locale_ref);
template thousands_sep_result<char> thousands_sep_impl(locale_ref);
template dragonbox::decimal_fp<double> dragonbox::to_decimal(double);
template dragonbox::decimal_fp<float> dragonbox::to_decimal(float);

}  // namespace detail
}  // namespace v9
}  // namespace fmt

namespace valence::capi {

/// Never called; makes the compiler emit the inline functions that libfmt exports.
std::string EmitFmt(fmt::string_view format, fmt::format_args args) { return fmt::vformat(format, args); }

}  // namespace valence::capi
