// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "valence/base/json.h"
#include "valence/base/yaml.h"

/// YAML 1.2's core schema, which says what a plain scalar means (https://yaml.org/spec/1.2.2/, section 10.3.2).
namespace valence::internal {

/// Each: the scalar's value, or nothing if it is quoted, no scalar, of another type, or out of range.
std::optional<bool> ScalarAsBool(const Yaml& node);
std::optional<std::int64_t> ScalarAsInt(const Yaml& node);
/// Also whole numbers.
std::optional<double> ScalarAsDouble(const Yaml& node);

/// `text` as a YAML scalar that is read back as the same string, in quotes if it must be. Also right for YAML 1.1
/// readers, to which "no" is false.
std::string QuoteIfNeeded(std::string_view text);
/// `value` as a YAML float: ".inf", "-.inf", ".nan", else as FormatDouble().
std::string YamlDouble(double value);

/// A node as JSON: plain scalars as what they mean.
Json YamlJson(const Yaml& node);

}  // namespace valence::internal
