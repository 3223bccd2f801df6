// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "valence/base/result.h"

/// Numbers as text, independent of the locale.
namespace valence {

/// Shortest decimal text that reads back as the same double, with ".0" if it would look like an integer;
/// "nan", "inf", "-inf". As Python's repr(float) up to the exponent's form.
std::string FormatDouble(double value);

/// The whole of `text` as a double (also "nan", "inf", "-inf"). Error: kInvalidArgument naming the text.
Result<double> ParseDouble(std::string_view text);
Result<std::int64_t> ParseInt(std::string_view text);

/// 12345678 -> "12,345,678".
std::string WithThousands(std::int64_t value);
/// 1536 -> "1.5 KB" (powers of 1000, as disks and networks are sold).
std::string HumanBytes(double bytes);

}  // namespace valence
