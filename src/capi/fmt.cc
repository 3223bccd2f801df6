// SPDX-License-Identifier: Apache-2.0
// fmt's own functions, compiled into libvalence.so: Debian has libfmt only as a shared library, which another machine
// may lack. Without FMT_HEADER_ONLY fmt's implementation header defines what libfmt does; the instantiations are the
// templates among what libfmt exports.
#include <fmt/format-inl.h>

namespace fmt {
inline namespace v9 {
namespace detail {

template void buffer<char>::append(const char*, const char*);
template char decimal_point_impl(locale_ref);
template thousands_sep_result<char> thousands_sep_impl(locale_ref);
template dragonbox::decimal_fp<double> dragonbox::to_decimal(double);
template dragonbox::decimal_fp<float> dragonbox::to_decimal(float);

}  // namespace detail
}  // namespace v9
}  // namespace fmt
